import { fileURLToPath } from 'node:url';
import { originalPositionFor, type TraceMap } from '@jridgewell/trace-mapping';
import type { StackTable } from '../model/stack-table.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { findMap } from './find-map.js';

/**
 * The same traces with the lines of the sources that they were compiled from, where a source map exists. The snapshot itself keeps the
 * positions that V8 gave, so a file can be looked at again, on another machine, with other maps.
 */
export function withOriginalLines(snapshot: Snapshot): Snapshot {
  const maps = snapshot.table.filenames.map((filename) => findMap(filename, snapshot.sourceMaps.get(filename)));
  if (maps.every((map) => map === null)) return snapshot;
  return new Snapshot({ ...snapshot, table: mappedTable(snapshot.table, maps) });
}

/** @param maps by index of the table's filenames */
function mappedTable(table: StackTable, maps: readonly (TraceMap | null)[]): StackTable {
  const filenames = [...table.filenames];
  const indexes = new Map(filenames.map((name, index) => [name, index]));
  const [locationFile, locationLine, locationColumn] = [
    table.locationFile.slice(),
    table.locationLine.slice(),
    table.locationColumn.slice(),
  ];
  for (let location = 0; location < locationFile.length; location++) {
    const map = maps[table.locationFile[location]!];
    const line = table.locationLine[location]!;
    if (!map || line === 0) continue;
    const {
      source,
      line: originalLine,
      column,
    } = originalPositionFor(map, { line, column: Math.max(0, table.locationColumn[location]! - 1) });
    if (source === null) continue;
    const name = source.startsWith('file:') ? fileURLToPath(source) : source;
    const index = indexes.get(name) ?? filenames.push(name) - 1;
    indexes.set(name, index);
    locationFile[location] = index;
    locationLine[location] = originalLine;
    locationColumn[location] = column + 1;
  }
  return { ...table, filenames, locationFile, locationLine, locationColumn };
}
