import { LabelInterner } from '../../model/label-interner.js';
import { StackTableBuilder } from '../../model/stack-table.js';
import { StringInterner } from '../../model/string-interner.js';
import type { TraceColumns } from '../../model/trace-columns.js';

/** The traces that one isolate adds to a snapshot. Ids of tracebacks, types and labels come from the collector's builders. */
export interface TraceRows extends Pick<TraceColumns, 'length' | 'traceback' | 'size' | 'count' | 'type' | 'label' | 'birth'> {
  readonly domain: Uint8Array | null;
}

/** Receives the traces of one isolate. */
export interface ThreadTraces {
  readonly stacks: StackTableBuilder;
  readonly types: StringInterner;
  /** Id 0 is no label. */
  readonly labels: StringInterner;
  /** Adds the columns without a copy; the caller must not use them any more. */
  append(rows: TraceRows): void;
}

/** Builds one snapshot, to which every isolate of a target adds its traces. */
export class TraceCollector {
  readonly stacks = new StackTableBuilder();
  readonly types = new StringInterner();
  readonly labels = new LabelInterner();
  readonly threads: string[] = [];
  readonly #parts: { readonly rows: TraceRows; readonly thread: number }[] = [];

  /** @param name unique among the threads of this snapshot */
  thread(name: string): ThreadTraces {
    const thread = this.threads.push(name) - 1;
    const { stacks, types, labels } = this;
    return { stacks, types, labels, append: (rows) => this.#parts.push({ rows, thread }) };
  }

  columns(): TraceColumns {
    const length = this.#parts.reduce((sum, { rows }) => sum + rows.length, 0);
    const [first] = this.#parts;
    // Most snapshots have one thread, whose columns need no copy.
    if (first?.rows.length === length && this.threads.length === 1) return { ...first.rows, thread: null };
    const has = (column: 'domain' | 'type' | 'label' | 'birth') => this.#parts.some(({ rows }) => rows[column] !== null);
    const columns = {
      traceback: new Uint32Array(length),
      size: new Float64Array(length),
      count: new Uint32Array(length),
      birth: has('birth') ? new Float64Array(length) : null,
      domain: has('domain') ? new Uint8Array(length) : null,
      type: has('type') ? new Uint32Array(length) : null,
      label: has('label') ? new Uint16Array(length) : null,
      thread: this.threads.length > 1 ? new Uint16Array(length) : null,
    };
    let at = 0;
    for (const { rows, thread } of this.#parts) {
      columns.traceback.set(rows.traceback, at);
      columns.size.set(rows.size, at);
      columns.count.set(rows.count, at);
      if (rows.birth) columns.birth?.set(rows.birth, at);
      if (rows.domain) columns.domain?.set(rows.domain, at);
      if (rows.type) columns.type?.set(rows.type, at);
      if (rows.label) columns.label?.set(rows.label, at);
      columns.thread?.fill(thread, at, at + rows.length);
      at += rows.length;
    }
    return { length, ...columns };
  }
}
