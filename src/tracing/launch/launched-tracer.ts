import type { ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { UsageError } from '../../errors.js';
import type { FollowedProcess, FollowedProcesses, UntracedProcess } from '../follow/followed-processes.js';
import type { Closing } from '../tracer/closing.js';
import type { Lifecycle } from '../tracer/lifecycle.js';
import type { StartOptions } from '../tracer/start-options.js';
import { Tracer } from '../tracer/tracer.js';
import { FirstLine } from './first-line.js';
import { didNotRun, namesOf, runsFile, type ScriptStart } from './script-check.js';

/** A process that outlives the program may keep its stderr open for ever. Last words may have to wait for the start of a Node process. */
const LAST_WORDS_MS = 3000;

/** The longest wait for the last snapshot of a program that is about to be killed: as long as a profile may take. */
const LONGEST_SNAPSHOT_MS = 180_000;
/** Signals that a terminal sends to its whole process group when a key is pressed. */
const FROM_TERMINALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

export interface KillOptions {
  /** Without a last snapshot. */
  readonly atOnce?: boolean;
  /** Nothing is sent if this is aborted before the last snapshot is there. */
  readonly unless?: AbortSignal;
  /** Send it to the program's whole process group, if it has its own; default for SIGINT and SIGQUIT. */
  readonly group?: boolean;
}

/** How a launched program ended. */
export interface Exit extends Pick<Closing, 'snapshot' | 'atHeapLimit' | 'peak' | 'error'> {
  /** null if a signal ended the program. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Launched {
  readonly child: ChildProcess;
  readonly stderr: Readable | null;
  /** Resolves when all that was written to stderr has arrived. */
  readonly stderrPassedOn: Promise<unknown>;
  readonly followed: FollowedProcesses | null;
  /** The program leads a process group. */
  readonly isDetached: boolean;
  /** null for a command. */
  readonly start: ScriptStart | null;
}

/** A tracer of a program that `launch` started. */
export class LaunchedTracer extends Tracer {
  /** The pid of the program. A followed program may run in a child of the process that was started (`node --watch`). */
  readonly pid: number;
  /** The program's streams, if `stdio` says `'pipe'`. Its stderr comes without Node's notices about the inspector. */
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  /** Resolves, never rejects, when the program has ended. */
  readonly exited: Promise<Exit>;
  readonly #life: Lifecycle;
  readonly #child: ChildProcess;
  readonly #followed: FollowedProcesses | null;
  readonly #isDetached: boolean;
  /** null if something else than the script runs first, such as the code of `-e`. */
  readonly #firstLine: FirstLine | null;

  constructor(life: Lifecycle, { child, stderr, stderrPassedOn, followed, isDetached, start }: Launched) {
    super(life);
    const { session, domain } = life.target.main;
    this.#firstLine =
      start && runsFile(start) ? new FirstLine(session, domain, { names: namesOf(start), isPausedThere: followed === null }) : null;
    this.#life = life;
    this.#child = child;
    this.#followed = followed;
    this.#isDetached = isDetached;
    this.pid = life.target.info.pid ?? child.pid!;
    this.stdin = child.stdin;
    this.stdout = child.stdout;
    this.stderr = stderr;
    const { nodeVersion } = life.target.info;
    this.exited = Promise.all([endOf(child, stderrPassedOn), this.closed]).then(([, { reason: _, ...closing }]) => {
      const { exitCode: code, signalCode: signal } = child;
      if (start === null || !this.#firstLine?.isMissed || code === 0) return { code, signal, ...closing };
      // The snapshot has only what Node itself holds.
      return { code, signal, snapshot: null, atHeapLimit: false, peak: null, error: didNotRun(start, { code, nodeVersion }) };
    });
  }

  /** Starts tracing, and lets the program run if it is still paused before its first line. Its processes are traced with the same options. */
  override async start(options: number | StartOptions = {}): Promise<void> {
    this.#followed?.traceWith(options);
    await Promise.all([this.#watchFirstLine(), super.start(options)]);
  }

  /** Lets the program run without tracing; does nothing if it runs already. */
  async resume(): Promise<void> {
    this.#followed?.mayRun();
    await Promise.all([this.#watchFirstLine(), this.#life.resume()]);
  }

  /** Before the call that lets the program run: calls are carried out in their order. */
  async #watchFirstLine(): Promise<void> {
    await this.#life.inTurn(async () => this.#firstLine?.watch());
  }

  /**
   * For `launch` with `follow`: the process that was started, if it is not the program but only starts it and does not load our code (`node --watch`,
   * `node --test`), and the `process.argv` of the program; null otherwise.
   */
  get starter(): { readonly pid: number; readonly argv: readonly string[] } | null {
    return this.#followed?.starter ?? null;
  }

  /** The Node processes that the program has started, directly or through others, if `launch` said `follow`; the oldest first. */
  get processes(): readonly FollowedProcess[] {
    return this.#followed?.all ?? [];
  }

  /** Those that could not be traced and run without us, such as one in a sandbox with a network of its own. */
  get untracedProcesses(): readonly UntracedProcess[] {
    return this.#followed?.untraced ?? [];
  }

  /**
   * Calls `listener` for every process that comes to `processes` from now on, before its first line.
   * @returns a function that ends it
   */
  onProcess(listener: (process: FollowedProcess) => void): () => void {
    return this.#followed?.onProcess(listener) ?? (() => {});
  }

  /** Takes a last snapshot of those of `processes` that still run, leaves them, and follows no new ones. Never rejects. */
  async leaveProcesses(): Promise<void> {
    await this.#followed?.leave();
  }

  /**
   * Takes the last snapshot, of followed processes, too, then sends the signal: a program without a handler for the signal cannot be asked
   * afterwards. A SIGINT or SIGQUIT goes to the program's whole process group if it has its own, as from a terminal.
   */
  async kill(
    signal: NodeJS.Signals = 'SIGTERM',
    { atOnce = false, unless, group = FROM_TERMINALS.includes(signal) }: KillOptions = {},
  ): Promise<void> {
    if (!(signal in constants.signals)) throw new UsageError(`unknown signal: ${JSON.stringify(signal)}`);
    if (!atOnce) await inTime(Promise.all([this.#life.keepLastSnapshot(), this.#followed?.keepLastSnapshots()]), LONGEST_SNAPSHOT_MS);
    if (unless?.aborted) return;
    const isGroup = this.#isDetached && group && process.platform !== 'win32';
    if (!isGroup || this.#child.exitCode !== null || this.#child.signalCode !== null) this.#child.kill(signal);
    else process.kill(-this.#child.pid!, signal);
  }
}

/** Gives up waiting after `ms`. */
async function inTime(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}

/** Resolves when the program has ended and its stderr has been passed on. */
async function endOf(child: ChildProcess, stderrPassedOn: Promise<unknown>): Promise<void> {
  // Not events.once: it rejects if a signal cannot be sent.
  const closed = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode === null && child.signalCode === null) await new Promise((resolve) => child.once('exit', resolve));
  await inTime(Promise.all([closed, stderrPassedOn]), LAST_WORDS_MS);
}
