import { type StackTable, tracebackAt } from '../model/stack-table.js';
import { tracebackJson } from '../model/traceback-json.js';
import { safeJson } from '../text/printable.js';
import type { Contents, Format } from './format.js';
import { type Row, rowsOf } from './rows.js';
import { linesAsBytes, startAsText } from './text-parts.js';

/** One JSON document a line, one row each, for `jq`, `python -m json.tool --json-lines`, DuckDB or `readline`. */
export const jsonLines: Format = {
  name: 'json',
  description: 'JSON lines',
  extensions: ['.jsonl', '.ndjson'],
  sniff: (start) => /^\{"size":\d/.test(startAsText(start)),
  write: (contents) => linesAsBytes(documents(contents)),
};

function* documents({ snapshot, old }: Contents): Iterable<string> {
  const { table, rows } = rowsOf({ snapshot, old });
  for (const row of rows) yield safeJson({ ...figures(row, old !== null), ...origin(row, table) });
}

function figures({ size, count, oldSize, oldCount, standardError, countStandardError }: Row, isDiff: boolean) {
  return { size, count, standardError, countStandardError, ...(isDiff && { sizeDiff: size - oldSize, countDiff: count - oldCount }) };
}

function origin({ domain, type, thread, label, traceback }: Row, table: StackTable) {
  return { domain, type: type || null, thread, label: label || null, traceback: tracebackJson(tracebackAt(table, traceback)) };
}
