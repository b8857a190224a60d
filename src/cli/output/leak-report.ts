import { isAbsolute } from 'node:path';
import { answerPage } from '../../report/markdown/answer-page.js';
import { GROWTH_COLUMNS, growthAnswer } from '../../report/markdown/growth-answer.js';
import { answerContext } from '../../report/markdown/row-place.js';
import { growthJson, growthTable, leakSentence } from '../../report/text/growth-table.js';
import { jsonText } from '../../report/text/json.js';
import { type Growth, LEAST_ROUNDS, partsOf } from '../../series/growth.js';
import type { Series } from '../../series/series.js';
import { lacksLabels } from '../../snapshot/statistics/column-keys.js';
import { printable } from '../../text/printable.js';
import { type Console, type Output, writeLines } from '../console/console.js';
import { coloursOf, widthOfTerminal } from '../console/terminal.js';
import { LABELS_NEED } from '../options/filter-reasons.js';
import type { IgnoreRule } from '../options/ignore-rules.js';
import type { MarkdownValues } from '../options/markdown-option.js';
import { DEFAULT_ROWS, type TableValues } from '../options/shared-options.js';
import { EXCEEDED, FAILED } from './exit-codes.js';
import { PROGRAM_CODE } from './program-code.js';

interface Reporting {
  /** With all traces. */
  readonly unfiltered: Series;
  readonly values: Pick<TableValues, 'groupBy' | 'json' | 'top' | 'color'> & MarkdownValues & { readonly warmup: number };
  readonly rules: readonly IgnoreRule[];
  /** For the result. */
  readonly stream: Output;
  readonly console: Console;
}

/** Prints the verdict. @param series with the traces and lines that the user wants to see @returns the exit code */
export function reportLeaks(series: Series, { unfiltered, values, rules, stream, console }: Reporting): number {
  const { groupBy: keyType, warmup, json, markdown, top = DEFAULT_ROWS } = values;
  const { err, cwd } = console;
  const all = series.growth(keyType, { warmup });
  const isIgnored = ({ traceback }: Growth) => rules.some((rule) => rule.matches(traceback));
  const growth = all.filter((one) => !isIgnored(one));
  const leaks = growth.filter(({ verdict }) => verdict === 'leaks');
  const sentences = leaks.map((leak) => leakSentence(leak, { keyType, cwd, warmup }));
  const document = growthJson(growth, { keyType, rounds: series.rounds, warmup });
  if (json) stream.write(jsonText(document));
  else if (markdown) stream.write(answerPage(growthAnswer(document, { top, ...answerContext(cwd) }), GROWTH_COLUMNS));
  else {
    const options = { keyType, cumulative: false, top, cwd, width: widthOfTerminal(stream), colours: coloursOf(stream, values) };
    writeLines(stream, [`${series.rounds.length} rounds, the first ${warmup} for warming up`, '', ...growthTable(growth, options)]);
    if (sentences.length > 0) writeLines(stream, ['', ...sentences]);
  }
  if (keyType === 'label' && lacksLabels(partsOf(unfiltered.lifetimes))) writeLines(err, [`--group-by label ${LABELS_NEED}`]);
  if (process.env.GITHUB_ACTIONS === 'true') for (const [i, leak] of leaks.entries()) writeLines(err, [annotation(leak, sentences[i]!)]);
  const unused = rules.filter((rule) => !all.some(({ verdict, traceback }) => verdict === 'leaks' && rule.matches(traceback)));
  for (const { text } of unused) writeLines(err, [`${printable(text)} is ignored, but does not leak any more`]);
  if (leaks.length > 0) return EXCEEDED;
  if (series.rounds.length < warmup + LEAST_ROUNDS) {
    writeLines(err, [`${series.rounds.length} rounds are too few to tell a leak: it takes ${warmup + LEAST_ROUNDS}`]);
    return FAILED;
  }
  if (keptNothing(unfiltered, warmup))
    writeLines(err, [
      'nothing that the program allocated in these rounds was alive at their end: if no work was done in them, this verdict says nothing',
    ]);
  return 0;
}

/** What Node and V8 allocate for themselves does not show that the program has worked: a process that waits does that, too. */
function keptNothing(unfiltered: Series, warmup: number): boolean {
  const program = unfiltered.filterTraces(PROGRAM_CODE).growth('domain', { warmup });
  return program.every(({ ages }) => ages.slice(warmup + 1).every((bytes) => bytes === 0));
}

/** A line that GitHub shows beside the source, if a frame is in a file: native code and Node's own have none. */
export function annotation({ traceback }: Pick<Growth, 'traceback'>, sentence: string): string {
  const frame = traceback.frames.findLast(({ filename, lineno }) => lineno > 0 && isAbsolute(filename));
  const escaped = (text: string) =>
    text.replace(/[%\r\n:,]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  const place = frame ? ` file=${escaped(frame.filename)},line=${frame.lineno}` : '';
  return `::error${place}::${sentence.replace(/[%\r\n]/g, ' ')}`;
}
