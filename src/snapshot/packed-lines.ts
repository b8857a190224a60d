import type { Frame } from '../model/frame.js';
import type { StackTable } from '../model/stack-table.js';

/** Nobody writes longer lines by hand. */
const LONGEST_BY_HAND = 500;

/** Whether a frame is on a line that holds much of a program, as a minifier writes it. The number of such a line tells nothing. */
export type IsPacked = (frame: Pick<Frame, 'filename' | 'lineno'>) => boolean;

/** Whether a table has places on packed lines. */
export function hasPackedLines({ locationColumn }: StackTable): boolean {
  return locationColumn.some((column) => column > LONGEST_BY_HAND);
}

/** The packed lines of the tables of snapshots: those on which a place is far to the right. */
export function packedLines(...tables: readonly StackTable[]): IsPacked {
  const byFile = new Map<string, Set<number>>();
  for (const { filenames, locationFile, locationLine, locationColumn } of tables) {
    locationColumn.forEach((column, location) => {
      if (column <= LONGEST_BY_HAND) return;
      const filename = filenames[locationFile[location]!]!;
      byFile.set(filename, (byFile.get(filename) ?? new Set()).add(locationLine[location]!));
    });
  }
  return ({ filename, lineno }) => byFile.get(filename)?.has(lineno) === true;
}
