import { compareText } from '../../model/frame.js';
import type { StackTable } from '../../model/stack-table.js';

/** A location or a traceback, by its id in a table. */
export interface TablePlace {
  readonly table: StackTable;
  readonly id: number;
}

/*
 * Frame.compare and Traceback.compare on ids. Among many groups, equal sizes are common. To make two tracebacks for each comparison would take
 * longer than the rest of the statistics.
 */

export function compareLocations(a: TablePlace, b: TablePlace): number {
  const [fileA, fileB] = [a.table.locationFile[a.id]!, b.table.locationFile[b.id]!];
  if (a.table !== b.table || fileA !== fileB) {
    const order = compareText(a.table.filenames[fileA]!, b.table.filenames[fileB]!);
    if (order !== 0) return order;
  }
  return a.table.locationLine[a.id]! - b.table.locationLine[b.id]!;
}

export function compareTracebacks(a: TablePlace, b: TablePlace): number {
  const [startA, startB] = [a.table.tracebackStart[a.id]!, b.table.tracebackStart[b.id]!];
  const [depthA, depthB] = [a.table.tracebackStart[a.id + 1]! - startA, b.table.tracebackStart[b.id + 1]! - startB];
  for (let i = 0; i < depthA && i < depthB; i++) {
    const [one, other] = [a.table.frames[startA + i]!, b.table.frames[startB + i]!];
    const order = compareLocations({ table: a.table, id: one }, { table: b.table, id: other });
    if (order !== 0) return order;
  }
  return depthA - depthB;
}
