import { type BlockSum, blockPieces } from '../../model/block-pieces.js';
import { copyTracebacks } from '../../model/compact.js';
import { LabelInterner } from '../../model/label-interner.js';
import { RowInterner } from '../../model/row-interner.js';
import { StackTableBuilder } from '../../model/stack-table.js';
import { StringInterner } from '../../model/string-interner.js';
import { usedTracebacks } from '../../model/trace-loops.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { CaptureMerger, type MergedService } from '../merge-captures.js';
import { GroupColumns } from './group-columns.js';

const FIELDS = 5;

/** Adds up the traces of snapshots that have the same stack, domain, thread, type and label. The snapshots are not kept. */
export class ProfileMerger {
  readonly #table = new StackTableBuilder();
  readonly #threads = new StringInterner();
  readonly #types = new StringInterner();
  readonly #labels = new LabelInterner();
  readonly #rows = new RowInterner();
  readonly #sums = new GroupColumns(['size', 'count']);
  readonly #captures = new CaptureMerger();
  #tracebackLimit = 1;
  #processes = 0;

  add(snapshot: Snapshot): void {
    const { columns, table, threads, types, labels } = snapshot;
    const used = usedTracebacks(columns, table.totalFrames.length);
    const { ids } = copyTracebacks(table, this.#table, (id) => used[id] === 1);
    const threadIds = threads.map((name) => this.#threads.intern(name));
    const typeIds = types.map((name) => this.#types.intern(name));
    const labelIds = labels.map((name) => this.#labels.intern(name));
    const [noType, noLabel] = [this.#types.intern(''), this.#labels.intern('')];
    const row = new Uint32Array(FIELDS);
    for (let i = 0; i < columns.length; i++) {
      row[0] = ids[columns.traceback[i]!]!;
      row[1] = columns.domain ? columns.domain[i]! : 0;
      row[2] = threadIds[columns.thread ? columns.thread[i]! : 0]!;
      row[3] = columns.type ? typeIds[columns.type[i]!]! : noType;
      row[4] = columns.label ? labelIds[columns.label[i]!]! : noLabel;
      const id = this.#rows.intern(row, 0, FIELDS);
      const sums = this.#sums.withRoom(id + 1);
      sums.size[id]! += columns.size[i]!;
      sums.count[id]! += columns.count[i]!;
    }
    this.#captures.add(snapshot.capture);
    this.#tracebackLimit = Math.max(this.#tracebackLimit, snapshot.tracebackLimit);
    this.#processes++;
  }

  get processes(): number {
    return this.#processes;
  }

  build(of: MergedService): Snapshot {
    const { values } = this.#rows.build();
    const parts = this.#parts();
    const field = (at: number) => Uint32Array.from(parts, ({ id }) => values[id * FIELDS + at]!);
    const isUsed = (column: Uint32Array, names: readonly string[]) => column.some((id) => names[id] !== '');
    const [domain, type, label] = [field(1), field(3), field(4)];
    return new Snapshot({
      table: this.#table.build(),
      columns: {
        length: parts.length,
        traceback: field(0),
        size: Float64Array.from(parts, ({ size }) => size),
        count: Uint32Array.from(parts, ({ count }) => count),
        domain: domain.some((one) => one !== 0) ? domain : null,
        thread: Uint16Array.from(field(2)),
        type: isUsed(type, this.#types.values) ? type : null,
        label: isUsed(label, this.#labels.values) ? Uint16Array.from(label) : null,
        birth: null,
      },
      threads: this.#threads.values.length === 0 ? ['main'] : this.#threads.values,
      types: this.#types.values,
      labels: this.#labels.values,
      tracebackLimit: this.#tracebackLimit,
      capture: this.#captures.build(of),
    });
  }

  #parts(): (BlockSum & { readonly id: number })[] {
    return Array.from({ length: this.#rows.size }, (_, id) => id).flatMap((id) =>
      blockPieces(this.#sums.at(id)).map((piece) => ({ id, ...piece })),
    );
  }
}
