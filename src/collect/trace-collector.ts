import { StackTableBuilder } from '../model/stack-table.js';
import type { TraceColumns } from '../model/trace-columns.js';

const INITIAL_ROWS = 1024;

/** One row of the columns. Ids are those of the collector's own builder and lists. */
export interface TraceRow {
  readonly traceback: number;
  readonly size: number;
  readonly count: number;
  readonly birth: number;
}

/** Grows the columns of one snapshot, to which every isolate of a target adds its traces. */
export class TraceCollector {
  readonly stacks = new StackTableBuilder();
  readonly threads: string[] = [];
  #length = 0;
  #traceback = new Uint32Array(INITIAL_ROWS);
  #size = new Float64Array(INITIAL_ROWS);
  #count = new Uint32Array(INITIAL_ROWS);
  #birth = new Float64Array(INITIAL_ROWS);
  #thread = new Uint16Array(INITIAL_ROWS);

  /** Room for `rows` more. */
  reserve(rows: number): void {
    const needed = this.#length + rows;
    if (needed <= this.#size.length) return;
    const grow = <T extends { set(from: T): void }>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#traceback = grow(this.#traceback, new Uint32Array(needed));
    this.#size = grow(this.#size, new Float64Array(needed));
    this.#count = grow(this.#count, new Uint32Array(needed));
    this.#birth = grow(this.#birth, new Float64Array(needed));
    this.#thread = grow(this.#thread, new Uint16Array(needed));
  }

  /** Adds a trace of the thread that was named last. */
  add(row: TraceRow): void {
    const at = this.#length++;
    this.#traceback[at] = row.traceback;
    this.#size[at] = row.size;
    this.#count[at] = row.count;
    this.#birth[at] = row.birth;
    this.#thread[at] = this.threads.length - 1;
  }

  columns(): TraceColumns {
    const length = this.#length;
    return {
      length,
      traceback: this.#traceback.slice(0, length),
      size: this.#size.slice(0, length),
      count: this.#count.slice(0, length),
      birth: this.#birth.slice(0, length),
      thread: this.threads.length > 1 ? this.#thread.slice(0, length) : null,
      domain: null,
      type: null,
    };
  }
}
