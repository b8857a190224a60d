import type { ChildProcess } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { UsageError } from '../errors.js';
import type { Session } from '../protocol/session.js';
import { type Closing, Tracer, type TracerOptions } from './tracer.js';
import type { StartOptions } from './tracing.js';

/** A process that the program left behind may hold its stderr open for ever. */
const LAST_WORDS_MS = 500;

/** How a launched program ended. */
export interface Exit extends Pick<Closing, 'snapshot' | 'error'> {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Launched {
  readonly child: ChildProcess;
  readonly stderr: Readable | null;
  /** It instruments itself when it is loaded. */
  readonly hasLines: boolean;
  /** false: it was started without inlining. */
  readonly hasInlining: boolean;
}

/** A tracer of a program that we started. */
export class LaunchedTracer extends Tracer {
  readonly pid: number;
  /** The program's streams, where `stdio` says `'pipe'`. Its stderr comes without Node's notices about the inspector. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Resolves, never rejects, when the program has ended. */
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #session: Session;
  readonly #hasLines: boolean;
  #held = true;

  constructor(options: TracerOptions, { child, stderr, hasLines, hasInlining }: Launched) {
    super(options);
    this.#hasLines = hasLines;
    if (!hasInlining) this.trueLines.inliningIsOff = true;
    this.#child = child;
    this.#session = options.session;
    this.pid = child.pid!;
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    this.stderr = stderr;
    this.exited = Promise.all([endOf(child), this.closed]).then(([, { snapshot, error }]) => ({
      code: child.exitCode,
      signal: child.signalCode,
      snapshot,
      error,
    }));
  }

  /** Starts tracing, and lets the program go if it still waits before its first line. */
  override async start(options: number | StartOptions = {}): Promise<void> {
    const wantsLines = typeof options === 'object' && options.lines !== undefined && options.lines !== false;
    if (this.#held && wantsLines && !this.#hasLines) {
      throw new UsageError('true lines must be there when the program is loaded: give lines to launch as well');
    }
    if (this.#held && this.#hasLines) await this.trueLines.expectRegistration();
    await super.start(options);
    await this.resume();
  }

  /** Lets the program run; does nothing once it does. */
  async resume(): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    await this.#session.send('Runtime.runIfWaitingForDebugger', undefined, { doing: 'starting the program' });
  }

  /** Ends tracing and the connection; the program runs on without us. */
  override async close(): Promise<void> {
    if (this.#session.isOpen) await this.resume();
    await super.close();
  }

  /** Takes the last snapshot, then sends the signal: a program without a handler for it could not be asked any more. */
  async kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    await this.takeLastSnapshot();
    this.#child.kill(signal);
  }
}

/** The program has ended, and what it wrote to stderr has been passed on. */
async function endOf(child: ChildProcess): Promise<void> {
  // Not events.once, which rejects where a signal cannot be sent.
  const closed = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([closed, new Promise((resolve) => (timer = setTimeout(resolve, LAST_WORDS_MS)))]);
  clearTimeout(timer);
}
