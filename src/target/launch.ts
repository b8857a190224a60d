import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { LaunchError, UnsupportedError } from '../errors.js';
import { Session } from '../protocol/session.js';
import { connectWebSocket, MAX_MESSAGE_BYTES } from '../protocol/websocket.js';
import { readTargetInfo } from './heap-totals.js';
import { withoutInspectorNotices } from './inspector-output.js';
import { LaunchedTracer } from './launched-tracer.js';
import { type LinesOption, launchedLines } from './line-scope.js';

const START_TIMEOUT_MS = 30_000;

type Stream = 'inherit' | 'pipe' | 'ignore';

export interface LaunchOptions {
  /** Arguments of the script. */
  readonly args?: readonly string[];
  /** Arguments of node, before the script. */
  readonly execArgv?: readonly string[];
  /** The node binary; default the one that runs us. */
  readonly execPath?: string;
  /** Default: our own environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** For stdin, stdout and stderr; default `'inherit'`. With `'pipe'` the streams are the tracer's. */
  readonly stdio?: Stream | readonly [Stream, Stream, Stream];
  /** True lines: instrument the program's own files (`'all'`: packages, too) when they are loaded, so that every line has its own bytes. */
  readonly lines?: LinesOption;
  /** `false`: the program runs without inlining of functions, so that every function has its own bytes. */
  readonly inlining?: boolean;
  /** Trace the program's child processes as well. */
  readonly follow?: boolean;
  /** Give the program a process group of its own, so that a Ctrl-C in the terminal reaches only us. */
  readonly detached?: boolean;
}

/**
 * Starts `node script` and stops it before its first line. It runs when `start()` is called, or `resume()` to run it without tracing.
 * @throws LaunchError when the program cannot be started, with what it wrote to stderr
 */
export async function launch(script: string, options: LaunchOptions = {}): Promise<LaunchedTracer> {
  const [stdin, stdout, stderr] = streams(options.stdio);
  // Port 0: a free one, on loopback.
  if (options.follow) throw new UnsupportedError('following child processes is not available yet; launch without follow');
  const lines = launchedLines(options.lines ?? false);
  const inlining = options.inlining === false ? ['--max-inlined-bytecode-size=0'] : [];
  const args = ['--inspect-brk=127.0.0.1:0', ...(options.execArgv ?? []), ...inlining, ...lines.execArgv, script, ...(options.args ?? [])];
  const spawnOptions: SpawnOptions = {
    stdio: [stdin, stdout, 'pipe'],
    detached: options.detached ?? false,
    env: { ...(options.env ?? process.env), ...lines.env },
  };
  if (options.cwd !== undefined) spawnOptions.cwd = options.cwd;
  const child = spawn(options.execPath ?? process.execPath, args, spawnOptions);
  const { url, errors } = await inspectorOf(child, script);
  try {
    if (stderr === 'inherit') passOn(errors, process.stderr);
    else if (stderr === 'ignore') errors.resume();
    const session = new Session(await connectWebSocket(url), { label: `${script} (pid ${child.pid})` });
    // Makes the target wait for us at its end: this is when its last snapshot is taken.
    await session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true }, { doing: 'preparing for the end of the program' });
    const info = { pid: child.pid ?? null, title: script, nodeVersion: (await readTargetInfo(session)).nodeVersion };
    return new LaunchedTracer(
      { session, info, maxMessageBytes: MAX_MESSAGE_BYTES, state: 'held' },
      { child, stderr: stderr === 'pipe' ? errors : null, hasLines: lines.execArgv.length > 0, hasInlining: inlining.length === 0 },
    );
  } catch (error) {
    child.kill('SIGKILL'); // it has not run a line yet
    throw error;
  }
}

function streams(stdio: LaunchOptions['stdio'] = 'inherit'): readonly [Stream, Stream, Stream] {
  return typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
}

/** A reader of ours that goes away (`| head`) must not block the program: what it writes from then on is dropped. */
function passOn(errors: Readable, destination: NodeJS.WritableStream): void {
  errors.pipe(destination, { end: false });
  const onUnpipe = (source: unknown) => {
    if (source !== errors) return;
    destination.off('unpipe', onUnpipe);
    errors.resume();
  };
  destination.on('unpipe', onUnpipe);
}

/** Waits for the inspector's address, which node writes to stderr. */
function inspectorOf(child: ChildProcess, script: string): Promise<{ url: string; errors: Readable }> {
  return new Promise((resolve, reject) => {
    let waiting = true;
    const finish = (act: () => void) => {
      if (!waiting) return; // the program's later end, which `exited` tells
      waiting = false;
      clearTimeout(timer);
      act();
    };
    const fail = (why: string, cause?: unknown) =>
      finish(() => {
        child.kill('SIGKILL');
        const said = String(errors.read() ?? '').trim();
        reject(new LaunchError(`${script} could not be started: ${why}${said === '' ? '' : `; it wrote: ${said}`}`, { cause }));
      });
    const errors = withoutInspectorNotices((url) => finish(() => resolve({ url, errors })));
    const timer = setTimeout(() => fail(`its inspector did not open within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    child.on('error', (error) =>
      fail(`${child.spawnfile} does not run (${error.message}); check the paths of node and of its folder`, error),
    );
    child.once('close', (code, signal) => fail(`node ended with ${signal ?? `exit code ${code}`} before the program's first line`));
    child.stderr?.pipe(errors);
  });
}
