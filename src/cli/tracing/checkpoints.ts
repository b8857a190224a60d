import { rmSync } from 'node:fs';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Console } from '../console/console.js';
import type { EarlierSource, EarlierTarget } from './earlier.js';
import type { Earlier } from './last-snapshot.js';
import { RepeatedSnapshots } from './repeated-snapshots.js';

/** Matches the part of a checkpoint's name after the output's. A followed process has its pid first. */
export const CHECKPOINT_NAMES = /^(\.\d+)?\.checkpoint(\.partial)?$/;

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
export class Checkpoints implements EarlierSource {
  readonly #path: string;
  readonly #save: CheckpointOptions['save'];
  readonly #snapshots: RepeatedSnapshots;
  #whole: Snapshot | null = null;
  #partial: Snapshot | null = null;

  /** @param file the name that the checkpoints' names begin with */
  constructor(target: Pick<EarlierTarget, 'takeSnapshot' | 'isTracing'>, file: string, { everyMs, save, console }: CheckpointOptions) {
    this.#path = `${file}.checkpoint`;
    this.#save = save;
    this.#snapshots = new RepeatedSnapshots(target, {
      everyMs,
      onSnapshot: (snapshot) => this.#keep(snapshot),
      what: 'a checkpoint',
      console,
    });
  }

  /** The last checkpoint with all threads; if none has all, the last one. */
  get last(): Earlier | null {
    const snapshot = this.#whole ?? this.#partial;
    return snapshot && { snapshot, name: 'the checkpoint', isRound: false };
  }

  stop(): void {
    this.#snapshots.stop();
  }

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

  #keep(snapshot: Snapshot): void {
    const isWhole = (snapshot.capture.missing ?? []).length === 0;
    if (isWhole) this.#whole = snapshot;
    else this.#partial = snapshot;
    this.#save(snapshot, isWhole ? this.#path : this.#partialPath);
    if (isWhole) this.#removePartial();
  }
}
