import { setTimeout } from 'node:timers/promises';
import { findProgram } from '../../discovery/find-program.js';
import { UsageError } from '../../errors.js';
import { messageOf } from '../../protocol/error-text.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { printable } from '../../text/printable.js';
import { ProcessesBelow, type TreeProcess } from '../../tracing/attach/processes-below.js';
import { Limiter } from '../../tracing/isolate/limiter.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import { type Console, writeLines } from '../console/console.js';
import type { Target } from '../options/target-argument.js';
import type { EarlierSource } from './earlier.js';
import { takeLastSnapshot } from './last-snapshot.js';
import { pausesOf } from './pause.js';
import type { Pushing } from './pushing.js';
import { type ProcessOutcome, saveProcesses } from './save-processes.js';
import { leaveAndTell, startAndTell, tellOfStart } from './while-tracing.js';

interface ProcessesTracing {
  readonly target: Target;
  readonly start: StartOptions;
  /** Infinity: until Ctrl-C. */
  readonly durationMs: number;
  /** The beginning of the names of files; null: nothing is saved. */
  readonly output: string | null;
  readonly interrupted: Promise<void>;
  readonly console: Console;
  /** null: nothing is sent to a store. */
  readonly pushing: Pushing | null;
}

/**
 * Traces a process and all Node processes below it, also those that start meanwhile, and leaves them as they were. Prints the tree of processes, and
 * saves the snapshot of each. What cannot be traced is named there, and the rest goes on.
 *
 * @returns one snapshot of all; null if there is none
 * @throws UsageError if there is no Node process
 */
export async function traceProcesses(options: ProcessesTracing): Promise<Snapshot | null> {
  const { target, start, durationMs, output, interrupted, console, pushing } = options;
  const root = await pidOf(target);
  tellOfStart(start, console.err);
  const tree = new TracedProcesses(root, { start, console, pushing });
  void interrupted.then(() => tree.stopLooking());
  try {
    await tree.look();
    if (tree.isEmpty)
      throw new UsageError(`neither process ${root} nor any below it is a Node process; tracemalloc list shows what there is`);
    const pause = pausesOf({ closed: tree.ended }, { label: target.label, interrupted, console });
    await Promise.all([pause(durationMs, 'the result').finally(() => tree.stopLooking()), tree.lookAgain()]);
    return saveProcesses(await tree.outcomes(), { output, console });
  } finally {
    tree.stopLooking();
    await tree.leave();
  }
}

/** How often to look for new processes. */
const LOOK_EVERY_MS = 1000;
/** A snapshot, and leaving a process, take up to three file descriptors more, for a moment. */
const AT_ONCE = 16;

class TracedProcesses {
  /** Resolves when all processes are gone. */
  readonly ended: Promise<void>;
  readonly #below: ProcessesBelow;
  readonly #start: StartOptions;
  readonly #console: Console;
  readonly #pushing: Pushing | null;
  readonly #processes: TreeProcess[] = [];
  /** What is sent of each process while it runs. */
  readonly #pushed: EarlierSource[] = [];
  readonly #stop = new AbortController();
  #end: () => void = () => {};
  readonly #onNotice = (notice: string): void => writeLines(this.#console.err, [printable(notice)]);

  constructor(root: number, { start, console, pushing }: Pick<ProcessesTracing, 'start' | 'console' | 'pushing'>) {
    this.#below = new ProcessesBelow(root, { onNotice: this.#onNotice });
    this.#start = start;
    this.#console = console;
    this.#pushing = pushing;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  get isEmpty(): boolean {
    return this.#processes.length === 0;
  }

  /** Begins to trace the processes that are not known yet, each at once: it takes up to two seconds to attach to the next. */
  async look(): Promise<void> {
    const starts: Promise<void>[] = [];
    for await (const process of this.#below.attach(this.#stop.signal)) starts.push(this.#begin(process, this.#processes.push(process) - 1));
    await Promise.all(starts);
  }

  async #begin(process: TreeProcess, index: number): Promise<void> {
    const { tracer, pid, command } = process;
    const { err } = this.#console;
    const tellOf = (problem: unknown): void => writeLines(err, [printable(`process ${pid} is not traced: ${messageOf(problem)}`)]);
    if (tracer === null) {
      if (process.problem instanceof Error) tellOf(process.problem);
      return;
    }
    try {
      await startAndTell(tracer, { ...this.#start, onNotice: this.#onNotice }, err);
      if (this.#pushing) this.#pushed.push(this.#pushing.sourceFor(tracer));
      writeLines(err, [printable(`tracing process ${pid}: ${command[0]}`)]);
    } catch (problem) {
      this.#processes[index] = { ...process, problem };
      tellOf(problem);
    }
  }

  /** Looks for new processes until it is stopped, or all have ended. */
  async lookAgain(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await setTimeout(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
      if (this.#below.hasEnded) return this.#end();
      if (!signal.aborted) await this.look();
    }
  }

  stopLooking(): void {
    this.#stop.abort();
  }

  /** The last snapshots. They are sent to the store, too. */
  outcomes(): Promise<ProcessOutcome[]> {
    for (const source of this.#pushed) source.stop();
    const byPid = this.#processes.toSorted((a, b) => a.pid - b.pid);
    const limiter = new Limiter(AT_ONCE);
    return Promise.all(byPid.map((process) => limiter.run(() => this.#outcomeOf(process))));
  }

  async #outcomeOf({ tracer, pid, parentPid, command, problem }: TreeProcess): Promise<ProcessOutcome> {
    const row = { pid, parentPid: parentPid ?? pid, command, snapshot: null, earlier: null, atHeapLimit: false, error: problem };
    if (tracer === null || problem !== null) return row;
    try {
      const { snapshot } = await takeLastSnapshot(tracer, () => null);
      this.#pushing?.addLast(snapshot, tracer);
      return { ...row, snapshot };
    } catch (error) {
      return { ...row, error };
    }
  }

  async leave(): Promise<void> {
    const limiter = new Limiter(AT_ONCE);
    const { err } = this.#console;
    await Promise.all(this.#processes.map(({ tracer }) => tracer && limiter.run(() => leaveAndTell(tracer, err))));
  }
}

/** @throws UsageError if the target is not a process of this machine */
async function pidOf({ target, label }: Target): Promise<number> {
  if (typeof target === 'object' && 'pid' in target) return target.pid;
  if (typeof target === 'string' && /^\d+$/.test(target)) return Number(target);
  const named = typeof target === 'string' ? await findProgram(target) : null;
  if (named?.pid != null) return named.pid;
  throw new UsageError(`--follow needs the pid of a process of this machine, or the name of its script, not ${label}`);
}
