import { tracebackJson } from '../../model/traceback-json.js';
import type { Growth } from '../../series/growth.js';
import type { Round } from '../../series/series.js';
import type { Verdict } from '../../series/verdict.js';
import { labelName } from '../../snapshot/statistics/column-keys.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { OTHER_LABELS } from '../../text/other-labels.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import type { Colours } from './colours.js';
import { type Column, columnLines } from './column-lines.js';
import { placeOf } from './place.js';
import { placeColumn, type TableOptions } from './table.js';

/** Blocks of one to eight eighths, for a line of small bars. */
const BARS = '▁▂▃▄▅▆▇█';
const NOTHING = '·';
/** Rows that a table of growth has. What is level or noise does not grow. */
const SHOWN: ReadonlySet<Verdict> = new Set(['leaks', 'grows']);

/** The groups that leak or grow as aligned columns, then one line for those that grow and did not fit. */
export function growthTable(growth: readonly Growth[], options: TableOptions): string[] {
  const growing = growth.filter(({ verdict }) => SHOWN.has(verdict));
  if (growing.length === 0) return ['nothing grew in every round'];
  const shown = growing.slice(0, options.top);
  const errors = shown.map(({ standardError }) => standardError);
  const columns: Column[] = [
    { title: 'verdict', cells: shown.map(({ verdict }) => verdict), style: (row) => verdictStyle(shown[row]!.verdict, options.colours) },
    { title: 'a round', cells: shown.map(({ slope }) => formatSize(slope, true)) },
    ...(errors.every((error) => error === 0) ? [] : [{ title: '±', cells: errors.map((error) => formatSize(error)), dispensable: 1 }]),
    { title: 'alive', cells: shown.map(({ sizes }) => formatSize(sizes.at(-1)!)), dispensable: 2 },
    { title: 'ages', cells: shown.map(({ ages }) => bars(ages)), dispensable: 3 },
  ];
  const lines = columnLines(columns, placeColumn(shown, options), options.width);
  const rest = growing.length - shown.length;
  return rest === 0 ? lines : [...lines, ...wrapped(`${rest} more`, options.width)];
}

/** A bar for each value, relative to the largest. */
function bars(values: readonly number[]): string {
  const most = Math.max(...values);
  return values.map((value) => (value <= 0 ? NOTHING : BARS[Math.ceil((value / most) * BARS.length) - 1])).join('');
}

function verdictStyle(verdict: Verdict, { grown }: Colours): (text: string) => string {
  return verdict === 'leaks' ? grown : (text) => text;
}

/** Labels that are no name of a program's work. */
const LABELS_IN_WORDS: ReadonlyMap<string, string> = new Map([
  [labelName(''), 'what has no label'],
  [OTHER_LABELS, 'work whose labels are too many to be told apart'],
]);

/** One sentence for a leak, which a person can act on. @param warmup rounds that do not count */
export function leakSentence(
  { traceback, slope, ages, sizes }: Growth,
  { keyType, cwd, warmup }: { readonly keyType: KeyType; readonly cwd: string; readonly warmup: number },
): string {
  const rounds = sizes.length - 1 - warmup;
  const born = ages.slice(warmup + 1).filter((bytes) => bytes > 0).length;
  const subject = (keyType === 'label' && LABELS_IN_WORDS.get(traceback.frames[0]!.filename)) || placeOf(traceback, { keyType, cwd });
  return `${subject} keeps ${formatSize(slope)} of every round: of ${rounds} rounds, ${born} left something that was not freed`;
}

/** The only document that `leaks --json` prints. Sizes are bytes, slopes bytes a round. */
export function growthJson(
  growth: readonly Growth[],
  { keyType, rounds, warmup }: { readonly keyType: KeyType; readonly rounds: readonly Round[]; readonly warmup: number },
) {
  return {
    keyType,
    warmup,
    rounds: rounds.map(({ time, traced }) => ({ time, traced })),
    leaks: growth.filter(({ verdict }) => verdict === 'leaks').length,
    growth: growth.map(({ traceback, ...rest }) => ({ ...rest, traceback: tracebackJson(traceback) })),
  };
}
