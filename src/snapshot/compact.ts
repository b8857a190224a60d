import { StackTableBuilder } from '../model/stack-table.js';
import type { SnapshotParts } from './parts.js';

/**
 * The same traces over a table that holds nothing else. A filtered snapshot shares the table of the whole one; its file must not carry
 * what was filtered away.
 */
export function compact(parts: SnapshotParts): SnapshotParts {
  const { table, columns } = parts;
  const used = new Uint8Array(table.totalFrames.length);
  for (let row = 0; row < columns.length; row++) used[columns.traceback[row]!] = 1;
  if (!used.includes(0)) return parts;
  const builder = new StackTableBuilder();
  const ids = new Uint32Array(used.length);
  const locations: number[] = [];
  for (let t = 0; t < used.length; t++) {
    if (used[t] === 0) continue;
    locations.length = 0;
    for (let i = table.tracebackStart[t]!; i < table.tracebackStart[t + 1]!; i++) {
      const location = table.frames[i]!;
      locations.push(
        builder.location({
          file: builder.filename(table.filenames[table.locationFile[location]!]!),
          lineno: table.locationLine[location]!,
          column: table.locationColumn[location]!,
          name: builder.functionName(table.functionNames[table.locationFunction[location]!]!),
          isLine: table.locationIsLine[location] === 1,
        }),
      );
    }
    ids[t] = builder.traceback(locations, 0, locations.length, table.totalFrames[t]!);
  }
  const traceback = columns.traceback.map((id) => ids[id]!);
  return { ...parts, table: builder.build(), columns: { ...columns, traceback } };
}
