import type { CellColumns } from '../../call-tree/report-data.js';

const NOW = 1;
const OLD = 2;

/** Bytes and blocks of `length` items (cells, nodes or groups), with the data for their standard errors. */
export class Sums {
  readonly size: Float64Array;
  readonly count: Float64Array;
  readonly oldSize: Float64Array;
  readonly oldCount: Float64Array;
  readonly #variance: Float64Array;
  /** Bits NOW and OLD: whether that snapshot has samples. */
  readonly #sampled: Uint8Array;
  readonly #unseen: { readonly now: number; readonly old: number };

  constructor(length: number, unseen: { readonly now: number; readonly old: number }) {
    this.size = new Float64Array(length);
    this.count = new Float64Array(length);
    this.oldSize = new Float64Array(length);
    this.oldCount = new Float64Array(length);
    this.#variance = new Float64Array(length);
    this.#sampled = new Uint8Array(length);
    this.#unseen = unseen;
  }

  /** @param label the one whose cells count, while the others are 0; null: all count */
  static ofCells({ node, label: labels, now, old }: CellColumns, label: number | null = null): Sums {
    const sums = new Sums(node.length, { now: now.spread?.unseen ?? 0, old: old?.spread?.unseen ?? 0 });
    for (let cell = 0; cell < node.length; cell++) {
      if (label !== null && labels?.[cell] !== label) continue;
      sums.size[cell] = now.size[cell]!;
      sums.count[cell] = now.count[cell]!;
      sums.oldSize[cell] = old?.size[cell] ?? 0;
      sums.oldCount[cell] = old?.count[cell] ?? 0;
      sums.#variance[cell] = (now.spread?.variance[cell] ?? 0) + (old?.spread?.variance[cell] ?? 0);
      sums.#sampled[cell] = (now.spread?.sampled[cell] ? NOW : 0) | (old?.spread?.sampled[cell] ? OLD : 0);
    }
    return sums;
  }

  /** New sums of zero, of the same kind. */
  empty(length: number): Sums {
    return new Sums(length, this.#unseen);
  }

  add(at: number, from: Sums, index: number): void {
    this.size[at]! += from.size[index]!;
    this.count[at]! += from.count[index]!;
    this.oldSize[at]! += from.oldSize[index]!;
    this.oldCount[at]! += from.oldCount[index]!;
    this.#variance[at]! += from.#variance[index]!;
    this.#sampled[at]! |= from.#sampled[index]!;
  }

  change(at: number): number {
    return this.size[at]! - this.oldSize[at]!;
  }

  /** The standard error of the size; with two snapshots that of its change. 0 if exact. */
  error(at: number): number {
    const sampled = this.#sampled[at]!;
    return Math.sqrt(this.#variance[at]! + (sampled & NOW ? this.#unseen.now : 0) + (sampled & OLD ? this.#unseen.old : 0));
  }

  /** Whether sampling alone may have made the change. */
  isNoise(at: number): boolean {
    const error = this.error(at);
    return error > 0 && Math.abs(this.change(at)) <= 2 * error;
  }
}
