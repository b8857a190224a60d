import { tracebackAt } from '../model/stack-table.js';
import { visible } from '../text/printable.js';
import type { Contents, Format } from './format.js';
import { frameLabel, labelFrames } from './labels.js';
import { type Row, rowsOf } from './rows.js';
import { linesAsBytes, startAsText } from './text-parts.js';

/**
 * Brendan Gregg's folded stacks: frames from the oldest on, then the bytes: `main (/app/a.js:1);load (/app/b.js:7) 4096`. A difference has
 * two figures, before and after. `difffolded.pl` writes the same, and `flamegraph.pl` draws it in red and blue.
 */
export const collapsed: Format = {
  name: 'collapsed',
  description: 'collapsed stacks',
  extensions: ['.collapsed', '.folded'],
  sniff: (start) => /^[^\n]+ \d+\n/.test(startAsText(start)),
  write: (contents) => linesAsBytes(stacks(contents)),
};

function* stacks({ snapshot, old }: Contents): Iterable<string> {
  const { table, rows } = rowsOf({ snapshot, old });
  const labels = Array.from({ length: table.totalFrames.length }, (_, id) =>
    [...tracebackAt(table, id)].map((frame) => frameText(frameLabel(frame))).join(';'),
  );
  const outermost = labelFrames(rows);
  const stackOf = (row: Row) => (outermost ? `${frameText(outermost(row))};${labels[row.traceback]}` : labels[row.traceback]!);
  for (const { stack, size, oldSize } of sumByStack(rows, stackOf)) {
    const figures = old ? [oldSize, size] : [size];
    if (figures.some((bytes) => bytes > 0)) yield `${stack} ${figures.map(Math.round).join(' ')}`;
  }
}

function frameText(name: string): string {
  return visible(name, /;/g);
}

/** Adds up rows that differ only in what the format cannot express, since they would give the same line. */
function sumByStack(rows: readonly Row[], stackOf: (row: Row) => string) {
  const sums = new Map<string, { stack: string; size: number; oldSize: number }>();
  for (const row of rows) {
    const stack = stackOf(row);
    const sum = sums.get(stack) ?? { stack, size: 0, oldSize: 0 };
    sum.size += row.size;
    sum.oldSize += row.oldSize;
    sums.set(stack, sum);
  }
  return sums.values();
}
