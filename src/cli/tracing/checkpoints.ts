import { rmSync } from 'node:fs';
import { ConnectionLostError } from '../../errors.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import { earlierNotice } from './last-snapshot.js';

/** Matches the part of a checkpoint's name after the output's. A followed process has its pid first. */
export const CHECKPOINT_NAMES = /^(\.\d+)?\.checkpoint(\.partial)?$/;

type Target = Pick<Tracer, 'takeSnapshot' | 'isTracing'>;

export interface CheckpointOptions {
  /** ms from the end of one checkpoint to the start of the next. */
  readonly everyMs: number;
  /** Writes a snapshot without telling the user. */
  readonly save: (snapshot: Snapshot, path: string) => void;
  readonly console: Console;
}

/**
 * Saves what a target holds as FILE.checkpoint, again and again. If the target is killed, this is all that remains. A snapshot that lacks threads
 * goes to FILE.checkpoint.partial, so that the last whole one stays.
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

  /** The last checkpoint with all threads; if none has all, the last one. */
  get last(): Snapshot | null {
    return this.#whole ?? this.#partial;
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Removes the files. Call it when a later snapshot exists. */
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
      if (this.#timer !== timer || isOver) return; // stopped, or the target is gone, which the command reports
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

/** The checkpoints of a program that we run, and of the processes that it starts if we follow them. */
export class ProgramCheckpoints {
  readonly #fileOf: (pid: number) => string;
  readonly #options: CheckpointOptions;
  readonly #byPid = new Map<number, Checkpoints>();
  readonly #stopListening: () => void;

  /** @param fileOf gives, by pid, the name that a process's checkpoints begin with */
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

  /** Gives the last checkpoint of a process that has no later snapshot. Its file stays. */
  take(pid: number): Snapshot | null {
    const last = this.#byPid.get(pid)?.last ?? null;
    this.#byPid.delete(pid);
    return last;
  }

  /** Removes the files of all checkpoints that were not taken: later snapshots exist. */
  remove(): void {
    for (const checkpoints of this.#byPid.values()) checkpoints.remove();
  }

  #add({ pid, tracer }: { readonly pid: number; readonly tracer: Target }): void {
    this.#byPid.set(pid, new Checkpoints(tracer, this.#fileOf(pid), this.#options));
  }
}

/** The line above the table of a checkpoint. @param why one clause: why there is no later snapshot */
export function checkpointNotice(snapshot: Snapshot, why: string): string {
  return earlierNotice({ snapshot, name: 'the checkpoint' }, why);
}
