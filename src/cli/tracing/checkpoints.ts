import { rmSync } from 'node:fs';
import { ConnectionLostError } from '../../errors.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { printable } from '../../text/printable.js';
import type { LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, errorLine, writeLines } from '../console/console.js';

/** What the names of checkpoints have behind the output's; before it, there may be the pid of a process that is followed. */
export const CHECKPOINT_NAMES = /^(\.\d+)?\.checkpoint(\.partial)?$/;

type Target = Pick<Tracer, 'takeSnapshot' | 'isTracing'>;

export interface CheckpointOptions {
  /** From the end of one to the beginning of the next, in ms. */
  readonly everyMs: number;
  /** Writes a snapshot, and says nothing. */
  readonly save: (snapshot: Snapshot, path: string) => void;
  readonly console: Console;
}

/**
 * Saves what a target holds as FILE.checkpoint, again and again, for when it is killed and cannot be asked any more. A snapshot that lacks threads
 * goes to FILE.checkpoint.partial: the last whole one stays.
 */
export class Checkpoints {
  readonly #target: Target;
  readonly #path: string;
  readonly #options: CheckpointOptions;
  #timer: NodeJS.Timeout | undefined;
  #whole: Snapshot | null = null;
  #partial: Snapshot | null = null;

  /** @param file the name that the checkpoints' names begin with */
  constructor(target: Target, file: string, options: CheckpointOptions) {
    this.#target = target;
    this.#path = `${file}.checkpoint`;
    this.#options = options;
    this.#schedule();
  }

  /** The last one that lacks nothing; where there is none, the last one. */
  get last(): Snapshot | null {
    return this.#whole ?? this.#partial;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Once there is something better. */
  remove(): void {
    this.stop();
    if (this.#whole) rmSync(this.#path, { force: true });
    this.#removePartial();
  }

  get #partialPath(): string {
    return `${this.#path}.partial`;
  }

  #removePartial(): void {
    if (this.#partial) rmSync(this.#partialPath, { force: true });
    this.#partial = null;
  }

  #schedule(): void {
    this.#timer = setTimeout(() => void this.#next(), this.#options.everyMs);
    this.#timer.unref();
  }

  async #next(): Promise<void> {
    const timer = this.#timer;
    try {
      const snapshot = await this.#target.takeSnapshot();
      if (this.#timer !== timer) return; // stopped meanwhile
      this.#keep(snapshot);
    } catch (error) {
      const isOver = error instanceof ConnectionLostError || !this.#target.isTracing();
      if (this.#timer !== timer || isOver) return; // it has ended, or was killed, which is told elsewhere
      writeLines(this.#options.console.err, [`a checkpoint failed, the next one comes: ${errorLine(error)}`]);
    }
    this.#schedule();
  }

  #keep(snapshot: Snapshot): void {
    const isWhole = (snapshot.capture.missing ?? []).length === 0;
    if (isWhole) this.#whole = snapshot;
    else this.#partial = snapshot;
    this.#options.save(snapshot, isWhole ? this.#path : this.#partialPath);
    if (isWhole) this.#removePartial();
  }
}

/** The checkpoints of a program that we run and, where they are followed, of the processes that it starts. */
export class ProgramCheckpoints {
  readonly #fileOf: (pid: number) => string;
  readonly #options: CheckpointOptions;
  readonly #byPid = new Map<number, Checkpoints>();
  readonly #stopListening: () => void;

  /** @param fileOf the name that the names of a process's checkpoints begin with */
  constructor(tracer: LaunchedTracer, fileOf: (pid: number) => string, options: CheckpointOptions) {
    this.#fileOf = fileOf;
    this.#options = options;
    this.#add({ pid: tracer.pid, tracer });
    for (const process of tracer.processes) this.#add(process);
    this.#stopListening = tracer.onProcess((process) => this.#add(process));
  }

  stop(): void {
    this.#stopListening();
    for (const checkpoints of this.#byPid.values()) checkpoints.stop();
  }

  /** The last one of a process that has no later snapshot; its file stays. */
  take(pid: number): Snapshot | null {
    const last = this.#byPid.get(pid)?.last ?? null;
    this.#byPid.delete(pid);
    return last;
  }

  /** Those that were not taken: there are later snapshots. */
  remove(): void {
    for (const checkpoints of this.#byPid.values()) checkpoints.remove();
  }

  #add({ pid, tracer }: { readonly pid: number; readonly tracer: Target }): void {
    this.#byPid.set(pid, new Checkpoints(tracer, this.#fileOf(pid), this.#options));
  }
}

/** What stands above the table of a checkpoint. @param why there is nothing later; a clause */
export function checkpointNotice({ capture }: Snapshot, why: string): string {
  return `no last snapshot: ${printable(why)}; what follows is the checkpoint of ${capture.time}`;
}
