import { StackTableBuilder } from '../model/stack-table.js';
import type { TraceColumns } from '../model/trace-columns.js';

/** What one isolate adds to a snapshot. Traceback ids are those of the collector's own builder. */
export type TraceRows = Pick<TraceColumns, 'length' | 'traceback' | 'size' | 'count'> & { readonly birth: Float64Array };

/** Puts one snapshot together, to which every isolate of a target adds its traces. */
export class TraceCollector {
  readonly stacks = new StackTableBuilder();
  readonly threads: string[] = [];
  readonly #parts: { readonly rows: TraceRows; readonly thread: number }[] = [];

  /** Adds traces of the thread that was named last. Takes the columns over. */
  append(rows: TraceRows): void {
    this.#parts.push({ rows, thread: this.threads.length - 1 });
  }

  columns(): TraceColumns {
    const length = this.#parts.reduce((sum, { rows }) => sum + rows.length, 0);
    const whole = { length, domain: null, type: null };
    const [first] = this.#parts;
    // The common snapshot has one thread, whose columns need no copy.
    if (first?.rows.length === length && this.threads.length === 1) return { ...first.rows, ...whole, thread: null };
    const columns = {
      traceback: new Uint32Array(length),
      size: new Float64Array(length),
      count: new Uint32Array(length),
      birth: new Float64Array(length),
      thread: new Uint16Array(length),
    };
    let at = 0;
    for (const { rows, thread } of this.#parts) {
      columns.traceback.set(rows.traceback, at);
      columns.size.set(rows.size, at);
      columns.count.set(rows.count, at);
      columns.birth.set(rows.birth, at);
      columns.thread.fill(thread, at, at + rows.length);
      at += rows.length;
    }
    return { ...columns, ...whole, thread: this.threads.length > 1 ? columns.thread : null };
  }
}
