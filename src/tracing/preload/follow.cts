// `NODE_OPTIONS=--require=<this file>` loads this file in every process of a followed program. It lets the controller trace the process from its first
// line on, and loads itself in the children. The program sees it neither in its environment nor in its arguments.
const KEY = 'NODE_TRACEMALLOC_FOLLOW';
/** See starting-program.ts. */
const MARK = 'NODE_TRACEMALLOC_LAUNCH';
/** The controller sets this global when the program may run. */
const RELEASED = '__node_tracemalloc_released__';
const TURN_MS = 2;
/** A controller that takes longer is stuck, and the program runs without it. */
const PATIENCE_MS = 30_000;

const fs = require('node:fs') as typeof import('node:fs');
const askBeforeKill = require('./ask-before-kill.cjs') as (controller: Controller) => void;
const openHidden = require('./hidden-inspector.cjs') as () => string;
const followWorkers = require('./follow-workers.cjs') as (preload: Preload) => void;
const cannotFollow = require('./cannot-follow.cjs') as (start: Start) => boolean;
const threads = require('node:worker_threads') as typeof import('node:worker_threads');

/** What the controller wants; see process-tree.ts. */
interface Orders {
  /**
   * The folder for announcements. It is there as long as the controller: its caretaker removes it if the controller is killed. The controller's pid would
   * tell less, because in another pid namespace it names nobody, or somebody else.
   */
  readonly folder: string;
  /** The network namespace of the controller, which cannot reach inspectors in another one. */
  readonly network: string;
  /** The closest followed ancestor; null for the program itself. */
  readonly parent: ProcessName | null;
  /** Our options, as they stand in NODE_OPTIONS. */
  readonly options: string;
  /** The first of them, which loads this file. */
  readonly option: string;
  readonly lines: Lines | null;
}

/** Pids of several pid namespaces may be equal. See `ownNamespace` in proc.ts. */
interface ProcessName {
  readonly pid: number;
  readonly namespace: string;
}

/** True lines, for children that do not inherit our environment. */
interface Lines {
  readonly option: string;
  readonly env: Readonly<Record<string, string>>;
}

/** See ask-before-kill.cts. */
interface Controller {
  readonly folder: string;
  readonly namespace: string;
  readonly isWatched: () => boolean;
  readonly wait: (isDone: () => boolean, patienceMs: number) => void;
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

const self: ProcessName = { pid: process.pid, namespace: namespaceOf('pid') };

function namespaceOf(kind: 'pid' | 'net'): string {
  try {
    return /\d+/.exec(fs.readlinkSync(`/proc/self/ns/${kind}`))?.[0] ?? '';
  } catch {
    return '';
  }
}

/** Removes our variables and options from the environment, so that the program does not see them. */
function hide(env: Environment, { options, option }: Orders): void {
  delete env[KEY];
  delete env[MARK];
  const rest = env.NODE_OPTIONS?.replace(options, '').replace(option, '').trim();
  if (rest) env.NODE_OPTIONS = rest;
  else delete env.NODE_OPTIONS;
}

/** Some parents hand the options of their environment to a child as arguments, too: `node --test` from Node 24 on. */
function hideArguments({ options }: Orders): void {
  const ours = `--require=${__filename}`;
  if (!process.execArgv.includes(ours)) return;
  process.execArgv = process.execArgv.filter((argument) => argument !== ours && !options.split(' ').includes(argument));
}

/** What must be added to a child's environment so that the child is followed. */
function additions(env: Environment, orders: Orders): Record<string, string> {
  const { options, lines } = orders;
  const words = [options, ...(env.NODE_OPTIONS ? [env.NODE_OPTIONS] : [])];
  if (lines && !env.NODE_OPTIONS?.includes(lines.option)) words.push(lines.option);
  const added: Record<string, string> = { NODE_OPTIONS: words.join(' '), [KEY]: JSON.stringify({ ...orders, parent: self }) };
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
      // The environment may be frozen. Its prototype is kept, because Node reads inherited variables, too.
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

/** Announces this process, and waits until the controller lets it run. */
function announce({ folder, network, parent }: Orders): void {
  if (!fs.existsSync(folder)) return;
  const { argv, version } = process;
  const file = `${folder}/${self.pid}-${process.hrtime.bigint()}`;
  const tell = (inspector: { readonly url: string | null; readonly wasOpen: boolean }) => {
    fs.writeFileSync(`${file}.part`, JSON.stringify({ ...self, parent, argv, version, ...inspector }));
    fs.renameSync(`${file}.part`, `${file}.json`);
  };
  if (namespaceOf('net') !== network) {
    tell({ url: null, wasOpen: false });
    return;
  }
  const inspector = require('node:inspector') as typeof import('node:inspector');
  const own = inspector.url();
  const wasOpen = own !== undefined;
  const url = own ?? openHidden();
  const state = globalThis as { [RELEASED]?: true };
  const isReleased = () => state[RELEASED] === true;
  const waits = `${file}.waits`;
  try {
    fs.writeFileSync(waits, '');
    tell({ url, wasOpen });
    wait(() => isReleased() || !fs.existsSync(waits), PATIENCE_MS);
  } finally {
    fs.rmSync(waits, { force: true });
    if (!isReleased() && !wasOpen) inspector.close();
    delete state[RELEASED];
  }
}

/** Sleeps in short turns. The inspector answers between them. */
function wait(isDone: () => boolean, patienceMs: number): void {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  const latest = Date.now() + patienceMs;
  while (!isDone() && Date.now() < latest) Atomics.wait(cell, 0, 0, TURN_MS);
}

function follow(text: string): void {
  const orders = JSON.parse(text) as Orders;
  hide(process.env, orders);
  hideArguments(orders);
  followChildren(orders);
  const { folder, option } = orders;
  followWorkers({ option, argument: `--require=${__filename}` });
  askBeforeKill({ folder, namespace: self.namespace, isWatched: () => fs.existsSync(folder), wait });
  if (threads.isMainThread) {
    threads.setEnvironmentData(KEY, text); // the children of a worker are followed, too
    try {
      announce(orders);
    } catch {
      // The controller is gone, or this process may not open an inspector. It runs as it would without us.
    }
  }
  (require('node:module') as typeof import('node:module')).syncBuiltinESMExports(); // makes the replaced functions visible to ES modules
}

const orders = threads.isMainThread ? process.env[KEY] : threads.getEnvironmentData(KEY);
if (typeof orders === 'string') follow(orders);
