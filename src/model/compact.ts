import { type OriginalPlaces, OriginalPlacesBuilder } from './original-places.js';
import type { SnapshotParts } from './snapshot-parts.js';
import { type StackTable, StackTableBuilder } from './stack-table.js';
import { usedTracebacks } from './trace-loops.js';

/**
 * The same traces over a table that holds nothing else. A filtered snapshot shares the table of the whole one, but its file must not contain
 * what the filter removed.
 */
export function compact(parts: SnapshotParts): SnapshotParts {
  const { table, columns } = parts;
  const used = usedTracebacks(columns, table.totalFrames.length);
  if (!used.includes(0)) return parts;
  const builder = new StackTableBuilder();
  const { ids, locations } = copyTracebacks(table, builder, (t) => used[t] === 1);
  const traceback = columns.traceback.map((id) => ids[id]!);
  const original = parts.original ? originalsOf(parts.original, locations) : null;
  return { ...parts, table: builder.build(), columns: { ...columns, traceback }, original };
}

interface Copied {
  /** By id of a traceback in the old table: its id in the new one; 0 if it was not wanted. */
  readonly ids: Uint32Array;
  /** By id of a location in the new table: its id in the old one. */
  readonly locations: readonly number[];
}

/** Copies the wanted tracebacks of a table into `builder`, the new table. */
export function copyTracebacks(table: StackTable, builder: StackTableBuilder, isWanted: (id: number) => boolean): Copied {
  const ids = new Uint32Array(table.totalFrames.length);
  const origins: number[] = [];
  const locations: number[] = [];
  const copies = new Int32Array(table.locationFile.length).fill(-1);
  for (let t = 0; t < ids.length; t++) {
    if (!isWanted(t)) continue;
    locations.length = 0;
    for (let i = table.tracebackStart[t]!; i < table.tracebackStart[t + 1]!; i++) {
      const location = table.frames[i]!;
      const copy = copies[location] === -1 ? copyLocation(table, builder, location) : copies[location]!;
      copies[location] = copy;
      origins[copy] = location;
      locations.push(copy);
    }
    ids[t] = builder.traceback(locations, 0, locations.length, table.totalFrames[t]!);
  }
  return { ids, locations: origins };
}

function copyLocation(table: StackTable, builder: StackTableBuilder, location: number): number {
  return builder.location({
    file: builder.filename(table.filenames[table.locationFile[location]!]!),
    lineno: table.locationLine[location]!,
    column: table.locationColumn[location]!,
    name: builder.functionName(table.functionNames[table.locationFunction[location]!]!),
    isLine: table.locationIsLine[location] === 1,
  });
}

/** The original places of the new table. @param rows by location of the new table: its row in `places` */
function originalsOf(places: OriginalPlaces, rows: readonly number[]): OriginalPlaces | null {
  const builder = new OriginalPlacesBuilder(rows.length);
  rows.forEach((row, location) => {
    builder.copy(location, places, row);
  });
  return builder.build();
}
