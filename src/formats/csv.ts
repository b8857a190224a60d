import { tracebackAt } from '../model/stack-table.js';
import { visible } from '../text/printable.js';
import type { Contents, Format } from './format.js';
import { frameLabel } from './labels.js';
import { type Row, rowsOf } from './rows.js';
import { linesAsBytes, startAsText } from './text-parts.js';

const FIGURES = ['size', 'count', 'standard_error', 'count_standard_error'];
const CHANGES = ['size_diff', 'count_diff'];
const ORIGIN = ['domain', 'type', 'thread', 'label', 'filename', 'lineno', 'column', 'function', 'precision', 'traceback'];

/** A table for spreadsheets in the form of RFC 4180, but with `\n` as the line end: a header, then one line a row. */
export const csv: Format = {
  name: 'csv',
  description: 'CSV',
  extensions: ['.csv'],
  sniff: (start) => startAsText(start).startsWith(FIGURES.slice(0, 3).join(',')),
  write: (contents) => linesAsBytes(table(contents)),
};

function* table({ snapshot, old }: Contents): Iterable<string> {
  const { table: stacks, rows } = rowsOf({ snapshot, old });
  yield [...FIGURES, ...(old ? CHANGES : []), ...ORIGIN].join(',');
  for (const row of rows) {
    const { frames } = tracebackAt(stacks, row.traceback);
    const { filename, lineno, column, functionName, precision } = frames.at(-1)!;
    const stack = frames.map((frame) => visible(frameLabel(frame), /;/g)).join(';');
    const origin = [row.domain, row.type, row.thread, row.label, filename, lineno, column, functionName, precision, stack];
    yield csvLine([...figures(row, old !== null), ...origin]);
  }
}

function figures({ size, count, standardError, countStandardError, oldSize, oldCount }: Row, isDiff: boolean): number[] {
  return [size, count, standardError, countStandardError, ...(isDiff ? [size - oldSize, count - oldCount] : [])];
}

/** What a spreadsheet takes for the beginning of a formula: also in full width, which some convert, and behind blanks, which some cut off. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** One line of a CSV file, without its end. */
export function csvLine(values: readonly (string | number)[]): string {
  return values.map(cell).join(',');
}

/** Puts an apostrophe before text that a spreadsheet would compute. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = visible(FORMULA.test(value) ? `'${value}` : value);
  return /[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
