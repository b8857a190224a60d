// `NODE_OPTIONS=--require=<this file>`, in every process of a followed program: lets the controller trace it from its first line on, and has its own
// children do the same. The program does not see it: neither in its environment nor in its arguments.
const KEY = 'NODE_TRACEMALLOC_FOLLOW';
/** Set by the controller when the program may go on. */
const RELEASED = '__node_tracemalloc_released__';
const TURN_MS = 2;
/** A controller that takes longer is stuck: the program goes on without it. */
const PATIENCE_MS = 30_000;

const fs = require('node:fs') as typeof import('node:fs');
const askBeforeKill = require('./ask-before-kill.cjs') as (controller: Controller) => void;
const openHidden = require('./hidden-inspector.cjs') as () => string;
const followWorkers = require('./follow-workers.cjs') as (preload: Preload) => void;
const cannotFollow = require('./cannot-follow.cjs') as (start: Start) => boolean;
const threads = require('node:worker_threads') as typeof import('node:worker_threads');

/** What a controller asks; see process-tree.ts. */
interface Orders {
  /** Where processes are announced; gone when the controller is. */
  readonly folder: string;
  readonly controller: number;
  /** The closest ancestor that is followed; null for the program itself. */
  readonly parent: number | null;
  /** What brought us here, as it stands in NODE_OPTIONS. */
  readonly options: string;
  /** That which loads us, the first of them. */
  readonly option: string;
  readonly lines: Lines | null;
}

/** True lines, for children whose environment was made anew. */
interface Lines {
  readonly option: string;
  readonly env: Readonly<Record<string, string>>;
}

type Wait = (isDone: () => boolean, patienceMs: number) => void;
/** See ask-before-kill.cts. */
interface Controller {
  readonly folder: string;
  readonly isWatched: () => boolean;
  readonly wait: Wait;
}
/** See follow-workers.cts. */
interface Preload {
  readonly option: string;
  readonly argument: string;
}
/** See cannot-follow.cts. */
interface Start {
  readonly words: readonly unknown[];
  readonly NODE_OPTIONS: string | undefined;
  readonly uid?: number | null | undefined;
  readonly gid?: number | null | undefined;
}
/** What Node's own `ChildProcess.spawn` gets. */
interface SpawnOptions {
  readonly args?: readonly string[];
  readonly envPairs?: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}
type Environment = Record<string, string | undefined>;

/** As the program is to see it: without us. */
function hide(env: Environment, { options, option }: Orders): void {
  delete env[KEY];
  const rest = env.NODE_OPTIONS?.replace(options, '').replace(option, '').trim();
  if (rest) env.NODE_OPTIONS = rest;
  else delete env.NODE_OPTIONS;
}

/** What a child's environment needs besides, so that it is with us. */
function additions(env: Environment, orders: Orders): Record<string, string> {
  const { options, lines } = orders;
  const words = [options, ...(env.NODE_OPTIONS ? [env.NODE_OPTIONS] : [])];
  if (lines && !env.NODE_OPTIONS?.includes(lines.option)) words.push(lines.option);
  const added: Record<string, string> = { NODE_OPTIONS: words.join(' '), [KEY]: JSON.stringify({ ...orders, parent: process.pid }) };
  for (const [name, value] of Object.entries(lines?.env ?? {})) added[name] = env[name] ?? value;
  return added;
}

function followChildren(orders: Orders): void {
  const childProcess = require('node:child_process') as typeof import('node:child_process');
  const prototype = (childProcess.ChildProcess as unknown as { prototype: { spawn(options: SpawnOptions): unknown } }).prototype;
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    return spawn.call(this, { ...options, envPairs: pairsWithUs(options, orders) });
  };
  for (const name of ['spawnSync', 'execSync', 'execFileSync'] as const) {
    const original = childProcess[name] as (...args: unknown[]) => unknown;
    const followed = (...args: unknown[]): unknown => {
      const given = args.findLastIndex((arg) => typeof arg === 'object' && arg !== null && !Array.isArray(arg));
      const at = given > 0 ? given : name === 'execSync' ? 1 : 2;
      const options = args[at] as { env?: Environment; uid?: number; gid?: number } | undefined;
      const env = options?.env ?? process.env;
      const { uid, gid } = options ?? {};
      if (cannotFollow({ words: args, NODE_OPTIONS: env.NODE_OPTIONS, uid, gid })) return original(...args);
      const all = [...args];
      // Keeps what it inherits by its prototype, as Node does; and may be frozen.
      all[at] = { ...options, env: Object.create(env, Object.getOwnPropertyDescriptors(additions(env, orders))) };
      return original(...all);
    };
    Object.assign(childProcess, { [name]: Object.defineProperty(followed, 'name', { value: name }) });
  }
}

function pairsWithUs({ args = [], envPairs: pairs = [], uid, gid }: SpawnOptions, orders: Orders): readonly string[] {
  const env: Environment = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=', 1)), pair.slice(pair.indexOf('=', 1) + 1)]),
  );
  if (cannotFollow({ words: args, NODE_OPTIONS: env.NODE_OPTIONS, uid, gid })) return pairs;
  const added = additions(env, orders);
  return [
    ...pairs.filter((pair) => !(pair.slice(0, pair.indexOf('=', 1)) in added)),
    ...Object.entries(added).map(([name, value]) => `${name}=${value}`),
  ];
}

/** Waits for the controller. */
function announce({ folder, controller, parent }: Orders): void {
  if (!isWatched(folder, controller)) return;
  const inspector = require('node:inspector') as typeof import('node:inspector');
  const own = inspector.url();
  const wasOpen = own !== undefined;
  const url = own ?? openHidden();
  const { pid, argv, version } = process;
  const file = `${folder}/${pid}`;
  const state = globalThis as { [RELEASED]?: true };
  const isReleased = () => state[RELEASED] === true;
  try {
    fs.writeFileSync(`${file}.part`, JSON.stringify({ pid, parent, argv, version, url, wasOpen }));
    fs.renameSync(`${file}.part`, `${file}.json`);
    wait(controller)(() => isReleased() || !fs.existsSync(folder), PATIENCE_MS);
  } finally {
    if (!isReleased() && !wasOpen) inspector.close();
    delete state[RELEASED];
  }
}

/** Sleeps in turns: the inspector answers in between, and a controller that dies lets the program go on. */
function wait(controller: number): Wait {
  return (isDone, patienceMs) => {
    const cell = new Int32Array(new SharedArrayBuffer(4));
    const latest = Date.now() + patienceMs;
    while (!isDone() && Date.now() < latest && isAlive(controller)) Atomics.wait(cell, 0, 0, TURN_MS);
  };
}

/** A controller that was killed has left its folder. */
function isWatched(folder: string, controller: number): boolean {
  if (isAlive(controller)) return fs.existsSync(folder);
  fs.rmSync(folder, { recursive: true, force: true });
  return false;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function follow(text: string): void {
  const orders = JSON.parse(text) as Orders;
  hide(process.env, orders);
  followChildren(orders);
  const { folder, controller, option } = orders;
  followWorkers({ option, argument: `--require=${__filename}` });
  askBeforeKill({ folder, isWatched: () => isWatched(folder, controller), wait: wait(controller) });
  if (threads.isMainThread) {
    threads.setEnvironmentData(KEY, text); // a worker's children are followed, too
    try {
      announce(orders);
    } catch {
      // The controller has gone, or this process may not open an inspector: it runs as it would without us.
    }
  }
  (require('node:module') as typeof import('node:module')).syncBuiltinESMExports(); // what was replaced in the modules of Node
}

const orders = threads.isMainThread ? process.env[KEY] : threads.getEnvironmentData(KEY);
if (typeof orders === 'string') follow(orders);
