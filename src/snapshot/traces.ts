import type { SnapshotParts } from '../model/snapshot-parts.js';
import { tracebackAt } from '../model/stack-table.js';
import type { Traceback } from '../model/traceback.js';
import { Trace } from './trace.js';

/** The traces as objects. Traces with the same traceback share one Traceback. */
export function makeTraces({ table, columns, threads, types, labels }: SnapshotParts): readonly Trace[] {
  const tracebacks: Traceback[] = [];
  const traces = Array.from({ length: columns.length }, (_, row): Trace => {
    const id = columns.traceback[row]!;
    tracebacks[id] ??= tracebackAt(table, id);
    const type = columns.type ? types[columns.type[row]!]! : '';
    const label = columns.label ? labels[columns.label[row]!]! : '';
    return new Trace({
      domain: columns.domain?.[row] ?? 0,
      size: columns.size[row]!,
      count: columns.count[row]!,
      traceback: tracebacks[id],
      thread: threads[columns.thread?.[row] ?? 0]!,
      type: type === '' ? undefined : type,
      label: label === '' ? undefined : label,
    });
  });
  return Object.freeze(traces);
}
