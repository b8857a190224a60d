import type { SnapshotParts } from './snapshot-parts.js';
import type { StackTable } from './stack-table.js';
import type { TraceColumns } from './trace-columns.js';

/** Bytes and blocks of all traces. */
export function totalOf({ length, size, count }: TraceColumns): { size: number; count: number } {
  const total = { size: 0, count: 0 };
  for (let i = 0; i < length; i++) {
    total.size += size[i]!;
    total.count += count[i]!;
  }
  return total;
}

/** Bytes of the traces that have a label. */
export function labelledBytes({ columns: { length, size, label }, labels }: Pick<SnapshotParts, 'columns' | 'labels'>): number {
  let bytes = 0;
  if (label) for (let i = 0; i < length; i++) if (labels[label[i]!] !== '') bytes += size[i]!;
  return bytes;
}

/** Bytes that the columns and the names of the table take in memory. A character of a name counts for two bytes. */
export function memoryBytes(table: StackTable, columns: TraceColumns): number {
  const arrays = [...Object.values(table), ...Object.values(columns)].filter((value) => ArrayBuffer.isView(value));
  const names = [...table.filenames, ...table.functionNames].reduce((sum, name) => sum + 2 * name.length, 0);
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, names);
}
