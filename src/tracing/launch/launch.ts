import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { packagedScript } from '../../discovery/script-path.js';
import { LaunchError, UsageError } from '../../errors.js';
import type { LabelsOption } from '../../lines/labels/label-choice.js';
import type { Mode } from '../../model/trace-columns.js';
import { errorCode, messageOf } from '../../protocol/error-text.js';
import { foldingFlags, TRACKING_FLAGS } from '../../protocol/v8-flags.js';
import { printable } from '../../text/printable.js';
import { connectPaused } from '../attach/connect-paused.js';
import { Caretaker } from '../cleanup/caretaker.js';
import type { CleanupTask } from '../cleanup/cleanup-tasks.js';
import { FollowedProcesses } from '../follow/followed-processes.js';
import { type LaunchedLines, type LinesOption, launchedLines } from '../isolate/line-scope.js';
import { Lifecycle } from '../tracer/lifecycle.js';
import { breakAtStart } from './break-at-start.js';
import { LaunchedTracer } from './launched-tracer.js';
import { checkNodeOptions, hasOwnInspector, hasStartupSnapshot, samplesItself } from './node-options.js';
import { ProgramStderr, type StderrOption } from './program-stderr.js';
import { checkScript, scriptStart } from './script-check.js';
import { StartGuard } from './start-guard.js';

const START_TIMEOUT_MS = 30_000;
const OLDEST_NODE = 18;
/** Port 0 stands for any free port. */
const INSPECT = '--inspect-brk=127.0.0.1:0';
const HIDE_ARGUMENTS = `--require=${fileURLToPath(new URL('../../tracing/preload/hide-arguments.cjs', import.meta.url))}`;

type Stream = StderrOption;

export interface LaunchOptions {
  /** Arguments of the script. */
  readonly args?: readonly string[];
  /** Arguments of node, before the script. */
  readonly execArgv?: readonly string[];
  /** The node binary; default: the one that runs this process. */
  readonly execPath?: string;
  /** Default: the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** For stdin, stdout and stderr; default `'inherit'`. With `'pipe'` the streams are the tracer's. */
  readonly stdio?: Stream | readonly [Stream, Stream, Stream];
  /** True lines: instrument the program's own files (`'all'`: those of packages, too) when they are loaded, so that every line has its own bytes. */
  readonly lines?: LinesOption;
  /** Label what is allocated with the work that it is for, from the first line on: see `StartOptions.labels`. Needs true lines, which are then on. */
  readonly labels?: LabelsOption;
  /** `false`: the program runs without inlining of functions, so that every function has its own bytes. */
  readonly inlining?: boolean;
  /** The mode that `start` will ask for. Object mode needs flags of V8, and Node before 20.16 and 22.3 accepts them only at its start. */
  readonly mode?: Mode;
  /** Trace also the Node processes that the program starts, directly or through others, from their first lines on: `processes` of the tracer. */
  readonly follow?: boolean;
  /**
   * What is started is a command (`npm`, the path of any executable), not a script of node. Its Node processes are followed, and the first of them is the
   * program. It starts node by itself, so `execPath` and `execArgv` make no sense.
   */
  readonly command?: boolean;
  /** Ends the program if it is aborted before the program can be traced: a command may work for long before it starts node. */
  readonly signal?: AbortSignal;
  /** Give the program its own process group, so that a Ctrl-C in the terminal reaches only this process. */
  readonly detached?: boolean;
}

/**
 * Starts `node script` and stops it before its first line. It runs when `start()` is called, or `resume()` to run it without tracing.
 * @throws LaunchError when the program cannot be started, with what it wrote to stderr
 */
export async function launch(script: string, options: LaunchOptions = {}): Promise<LaunchedTracer> {
  const [stdin, stdout, destination] = streams(options.stdio);
  const lines = launchedLines(options);
  const { execArgv = [], env: given = process.env } = options;
  const isCommand = options.command ?? false;
  if (isCommand) checkCommand(script, options);
  const isFollowed = isCommand || (options.follow ?? false);
  checkNodeOptions({ script, execArgv, NODE_OPTIONS: given.NODE_OPTIONS, isFollowed });
  const start = isCommand ? null : scriptStart(script, options);
  if (start) checkScript(start);
  const followed = isFollowed ? new FollowedProcesses(lines) : null;
  const env = { ...given, ...lines.env };
  const before = followed ? [] : [INSPECT, HIDE_ARGUMENTS];
  const flags = followed ? [] : flagArguments(options);
  const args = [...before, ...execArgv, ...flags, ...lines.execArgv, script, ...(options.args ?? [])];
  const guard = new StartGuard(followed?.caretaker ?? null);
  const spawnOptions: SpawnOptions = {
    stdio: [stdin, stdout, 'pipe'],
    detached: options.detached ?? false,
    env: { ...env, ...followed?.environment(env, { isCommand }), ...guard.environment },
  };
  if (options.cwd !== undefined) spawnOptions.cwd = options.cwd;
  const executable = isCommand ? script : (options.execPath ?? process.execPath);
  let child: ChildProcess;
  try {
    child = spawn(executable, isCommand ? (options.args ?? []) : args, spawnOptions);
    guard.started(child.pid ?? null);
  } catch (error) {
    guard.end();
    await followed?.leave();
    throw refused(error, executable);
  }
  try {
    const { url, stderr } = await inspectorOf(child, { script, followed, options });
    const { stream, passedOn } = await stderr.direct(destination);
    const tasks = leavingTasks(url, child.pid!, options);
    guard.mayRun(tasks);
    const life = followed
      ? await followed.connectProgram(script, child.pid ?? null)
      : await connectLaunched(url, { script, pid: child.pid!, lines, options, guard, tasks });
    return new LaunchedTracer(life, {
      child,
      stderr: stream,
      stderrPassedOn: passedOn,
      followed,
      isDetached: options.detached ?? false,
      start,
    });
  } catch (error) {
    killAll(child, options); // the program has not run a line yet
    guard.end();
    await followed?.leave();
    throw error;
  }
}

/** @throws UsageError */
function checkCommand(command: string, { execArgv = [], execPath }: LaunchOptions): void {
  if (execArgv.length === 0 && execPath === undefined) return;
  throw new UsageError(
    `${printable(command)} is a command, which starts node by itself: leave out --node and --node-arg (in code: execPath and execArgv), or put the options into NODE_OPTIONS`,
  );
}

/** With the processes that a command may have started by now. */
function killAll(child: ChildProcess, { command = false, detached = false }: LaunchOptions): void {
  const isGroup = command && detached && process.platform !== 'win32' && child.pid !== undefined && child.exitCode === null;
  if (isGroup) process.kill(-child.pid!, 'SIGKILL');
  else child.kill('SIGKILL');
}

/** The error for options that `spawn` does not accept, or that the system refuses at once (E2BIG). */
function refused(error: unknown, execPath: string): Error {
  if (errorCode(error).startsWith('ERR_')) return new UsageError(`nothing can be started so: ${messageOf(error)}`, { cause: error });
  return new LaunchError(`${execPath} does not run (${messageOf(error)})`, { cause: error });
}

interface Started {
  readonly script: string;
  readonly pid: number;
  readonly lines: LaunchedLines;
  readonly options: LaunchOptions;
  readonly guard: StartGuard;
  readonly tasks: readonly CleanupTask[];
}

/** How the program is left if we are killed. */
function leavingTasks(url: string, pid: number, { execArgv = [], env = process.env }: LaunchOptions): readonly CleanupTask[] {
  const { hostname: host, port } = new URL(url);
  const inspector = { kind: 'inspector', pid, host, port: Number(port) } as const;
  return [{ kind: 'paused', url }, ...(hasOwnInspector({ execArgv, NODE_OPTIONS: env.NODE_OPTIONS }) ? [] : [inspector])];
}

/** Connects to a program that was started with `--inspect-brk`. */
async function connectLaunched(url: string, { script: title, pid, lines, options, guard, tasks }: Started): Promise<Lifecycle> {
  const caretaker = new Caretaker({ after: guard.caretaker });
  for (const task of tasks) caretaker.add(task.kind, task);
  const { execArgv = [], env = process.env } = options;
  const paused = {
    url,
    pid,
    title,
    ...packagedScript(title, options.cwd),
    nodeVersion: null,
    pause: breakAtStart(caretaker),
    registration: lines.registration,
    inliningIsOff: startsWithoutInlining(options),
    foldingIsOff: startsWithoutFolding(options),
    isTrackable: options.mode === 'objects' && takesFlags(options),
    samplesItself: samplesItself({ execArgv, NODE_OPTIONS: env.NODE_OPTIONS }),
  };
  return new Lifecycle({ ...(await connectPaused(paused, caretaker)), localPid: pid });
}

/** A followed program gets its flags when it is traced, because the children that it forks would inherit these arguments. */
function flagArguments(options: LaunchOptions): readonly string[] {
  return [
    ...(startsWithoutInlining(options) ? ['--max-inlined-bytecode-size=0'] : []),
    ...(startsWithoutFolding(options) ? foldingFlags(OLDEST_NODE).set : []),
    ...(options.mode === 'objects' && takesFlags(options) ? TRACKING_FLAGS.set : []),
  ];
}

function startsWithoutInlining(options: LaunchOptions): boolean {
  return (options.inlining === false || options.mode === 'objects') && takesFlags(options);
}

/** Only flags that all versions know, because node refuses to start with any other. The others are set when tracing starts. */
function startsWithoutFolding(options: LaunchOptions): boolean {
  return (options.mode === 'exact' || (options.inlining === false && options.mode !== 'objects')) && takesFlags(options);
}

/** Node 18 and 20 load no startup snapshot that was made without these flags. Such a program gets its flags when it is traced. */
function takesFlags({ execArgv = [], env = process.env }: LaunchOptions): boolean {
  return !hasStartupSnapshot({ execArgv, NODE_OPTIONS: env.NODE_OPTIONS });
}

function streams(stdio: LaunchOptions['stdio'] = 'inherit'): readonly [Stream, Stream, Stream] {
  return typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
}

/** Waits for the address of the inspector. Node writes it to stderr; a followed program announces it. */
function inspectorOf(
  child: ChildProcess,
  { script, followed, options }: { readonly script: string; readonly followed: FollowedProcesses | null; readonly options: LaunchOptions },
): Promise<{ url: string; stderr: ProgramStderr }> {
  return new Promise((resolve, reject) => {
    let waiting = true;
    const { command: isCommand = false, signal: aborting } = options;
    const finish = (act: () => void) => {
      if (!waiting) return; // the program has ended later, which `exited` tells
      waiting = false;
      clearTimeout(timer);
      act();
    };
    const fail = (why: string, cause?: unknown) =>
      finish(() => {
        killAll(child, options);
        const said = stderr.said();
        const what = isCommand ? 'has started no Node process that can be traced' : 'could not be started';
        reject(new LaunchError(`${script} ${what}: ${why}${said === '' ? '' : `; it wrote: ${said}`}`, { cause }));
      });
    const onUrl = (url: string) => finish(() => resolve({ url, stderr }));
    const stderr = new ProgramStderr(child.stderr ?? Readable.from([]), {
      onUrl: followed ? () => {} : onUrl,
      isFollowed: followed !== null,
    });
    void followed?.programUrl.then(onUrl, (error: unknown) => fail(messageOf(error), error));
    aborting?.addEventListener('abort', () => fail('it was interrupted'), { once: true });
    const timer = isCommand
      ? undefined
      : setTimeout(() => fail(`its inspector did not open within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.on('error', (error) =>
      fail(`${child.spawnfile} does not run (${error.message}); check the paths of node and of its folder`, error),
    );
    child.once('close', (code, signal) => {
      const end = `ended with ${signal ?? `exit code ${code}`}`;
      fail(isCommand ? `it ${end}` : `node ${end} before the program's first line`);
    });
  });
}
