import { setTimeout } from 'node:timers/promises';
import { shortageOfDescriptors } from '../../discovery/own-descriptors.js';
import { hasProc, readProc, readProcOf } from '../../discovery/proc.js';
import { checkPid } from '../../discovery/process-identity.js';
import { programsInTree, type RunningProgram } from '../../discovery/running-programs.js';
import { UnsupportedError } from '../../errors.js';
import { GcLimiter } from '../isolate/gc-limiter.js';
import type { Tracer } from '../tracer/tracer.js';
import { type AttachOptions, attachToPid } from './attach.js';
import { connectElsewhere } from './moved-inspector.js';
import { TreeInspectors } from './tree-inspectors.js';

/** A Node process of a tree. */
export interface TreeProcess {
  readonly pid: number;
  /** The nearest Node process above it; null if there is none in the tree. */
  readonly parentPid: number | null;
  /** The script as it was named, and its arguments. */
  readonly command: readonly string[];
  /** null: it cannot be traced, for the reason in `problem`. */
  readonly tracer: Tracer | null;
  /** A text, if there is nothing that the user could do for this process. */
  readonly problem: unknown;
}

/** What only starts programs, and is not attached to: npm, npx, tsx, `node --watch`. */
const ONLY_STARTS = 'it only starts the others';
/** In the tree. A notice tells the numbers, once. */
const NO_DESCRIPTORS = 'we had no file descriptors left for it';
const ENDED = 'it ended before it could be attached to';
/** A process that has slept since it was asked, and has no inspector after this time, has probably a handler of its own for SIGUSR1. */
const NEXT_AFTER_MS = 1_000;
/** A process that has not rested for so long is busy. */
const RESTS_WITHIN_MS = 500;
const POLL_MS = 25;

/**
 * The process `root` and all Node processes below it, also below those whose parents have ended. `root` may be another program, such as a shell. Linux
 * only.
 */
export class ProcessesBelow {
  readonly #root: number;
  readonly #options: AttachOptions;
  /** All of them run on this machine. */
  readonly #gcLimiter = new GcLimiter();
  /** The start times of the root and of all that were found, by pid: together they identify a process. */
  readonly #found = new Map<number, string>();
  /** Whether the root is a process that is still to be attached to. */
  #isRootNew = true;
  /** Those whose inspectors we have opened. */
  readonly #opened = new Set<number>();
  #hasToldShortage = false;

  /** @throws UsageError if `root` cannot be a pid, UnsupportedError on another system */
  constructor(root: number, options: AttachOptions) {
    checkPid(root);
    if (!hasProc()) throw new UnsupportedError(`the processes below another can be found on Linux only: ${process.platform} has no /proc`);
    this.#root = root;
    this.#options = options;
    const facts = readProc(root);
    if (facts) this.#found.set(root, facts.startTime);
  }

  /** Whether the root and all that were found are gone, so that no process can be found any more. */
  get hasEnded(): boolean {
    return this.#living.length === 0;
  }

  /**
   * Attaches to the processes that were not found before and run now. Those that start meanwhile are for the next time. Close each tracer.
   *
   * @param signal aborted: no further process is attached to
   * @returns the processes, each as soon as it is attached to; those that cannot be attached to have the reason
   */
  async *attach(signal: AbortSignal): AsyncGenerator<TreeProcess, void> {
    const added = (await programsInTree(...this.#living)).filter((program) => this.#isNew(program));
    if (added.length === 0 || signal.aborted) return;
    for (const { pid, facts } of added) this.#found.set(pid, facts.startTime);
    this.#isRootNew = false;
    const inspectors = await TreeInspectors.of(added, this.#opened);
    const running = new Set<Promise<TreeProcess>>();
    const done: TreeProcess[] = [];
    try {
      const waiting = new Map(added.map((program) => [program.pid, program]));
      while (waiting.size > 0 && !signal.aborted) {
        const first = await firstAtRest([...waiting.values()]);
        const program = waiting.get((await inspectors.inTheWayOf(first.pid)) ?? -1) ?? first;
        waiting.delete(program.pid);
        const attached = this.#attachTo(program, inspectors).finally(() => inspectors.settled(program.pid));
        running.add(attached);
        void attached.then((process) => {
          running.delete(attached);
          done.push(process);
        });
        // One after the other, because all inspectors open on the same port.
        await untilNext(attached, program, inspectors);
        yield* done.splice(0);
      }
      for (const program of waiting.values()) await this.#closeAgain(program, inspectors);
      while (running.size > 0) {
        await Promise.race(running);
        yield* done.splice(0);
      }
    } finally {
      inspectors.end();
    }
  }

  get #living(): number[] {
    return [...this.#found].filter(([pid, startTime]) => readProcOf(pid, startTime) !== null).map(([pid]) => pid);
  }

  #isNew({ pid, facts }: RunningProgram): boolean {
    return this.#found.get(pid) !== facts.startTime || (pid === this.#root && this.#isRootNew);
  }

  /** Never rejects. */
  async #attachTo(program: RunningProgram, inspectors: TreeInspectors): Promise<TreeProcess> {
    const { pid, parent, launcher, script, args, title } = program;
    const row = { pid, parentPid: pid === this.#root ? null : parent, command: script === null ? [title] : [script, ...args] };
    if (launcher !== null) return { ...row, tracer: null, problem: ONLY_STARTS };
    const shortage = shortageOfDescriptors();
    if (shortage !== null) {
      if (!this.#hasToldShortage) this.#options.onNotice?.(shortage);
      this.#hasToldShortage = true;
      return { ...row, tracer: null, problem: NO_DESCRIPTORS };
    }
    const how = { isOurs: inspectors.wereClosed(pid), soonFree: (holder: number | null) => inspectors.movesSoon(holder) };
    const connect = async (_: number, timeoutMs: number | undefined) => {
      const connection = await connectElsewhere(pid, timeoutMs, how);
      if (connection.opened) this.#opened.add(pid);
      return connection;
    };
    try {
      return { ...row, tracer: await attachToPid(pid, this.#options, { connect, gcLimiter: this.#gcLimiter }), problem: null };
    } catch (problem) {
      const hasEnded = readProcOf(pid, program.facts.startTime) === null;
      return { ...row, tracer: null, problem: hasEnded ? ENDED : problem };
    }
  }

  /** The inspector of a cluster's worker that was not attached to may be open because of us. */
  async #closeAgain(program: RunningProgram, inspectors: TreeInspectors): Promise<void> {
    if (await inspectors.hasOpened(program.pid)) await (await this.#attachTo(program, inspectors)).tracer?.close();
    inspectors.settled(program.pid);
  }
}

/**
 * The first process that has rested since it was found. One that never rests cannot move its inspector and keeps the port, so that those after it cannot
 * open theirs: it comes last.
 */
async function firstAtRest(waiting: readonly RunningProgram[]): Promise<RunningProgram> {
  const deadline = performance.now() + RESTS_WITHIN_MS;
  for (;;) {
    const found = waiting.find(hasRested) ?? (performance.now() > deadline ? waiting[0] : undefined);
    if (found) return found;
    await setTimeout(POLL_MS);
  }
}

function hasRested({ pid, facts }: RunningProgram): boolean {
  const now = readProc(pid);
  return now?.state !== 'R' || now.waits !== facts.waits;
}

/** Until the process is attached to, or another one has its port, or it opens no inspector, which takes five seconds to be sure of. */
async function untilNext(attached: Promise<unknown>, { pid }: RunningProgram, inspectors: TreeInspectors): Promise<void> {
  const isDone = attached.then(() => true);
  for (;;) {
    if (await Promise.race([isDone, setTimeout(NEXT_AFTER_MS, false)])) return;
    const { state } = readProc(pid) ?? {};
    const holder = await inspectors.inTheWayOf(pid);
    if (holder !== pid && (holder !== null || state === 'S')) return;
  }
}
