import { type HeapStatistic, heapStatistics } from '../../heap-graph/census/heap-statistics.js';
import { statisticsPage } from '../../report/markdown/statistics-answer.js';
import { type HeapTotal, heapJson, heapTable } from '../../report/text/heap-table.js';
import { jsonText } from '../../report/text/json.js';
import { patternsFor } from '../../report/text/patterns.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { compilePattern } from '../../text/fnmatch.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { wrapped } from '../../text/text-width.js';
import { type Console, writeLines } from '../console/console.js';
import { widthOfTerminal } from '../console/terminal.js';
import { checkHeapOptions, type HeapTableValues, heapKeyType } from '../options/heap-options.js';
import { type MarkdownValues, rowsOfDocument } from '../options/markdown-option.js';
import { DEFAULT_ROWS } from '../options/shared-options.js';
import { shown } from '../options/source-maps.js';
import { damageOf, damages, openHeap } from './open-heap.js';

interface HeapPrinting {
  readonly console: Console;
  /** null: print the lines of the code that ran. */
  readonly mapper: SourceMapper | null;
}

/** Writes the groups of a heap snapshot that retain most. @returns the bytes of all objects that were counted */
export async function printHeap(
  file: string,
  values: HeapTableValues & MarkdownValues,
  { console, mapper }: HeapPrinting,
): Promise<number> {
  const keyType = heapKeyType(values);
  checkHeapOptions(values);
  const { out, err, cwd } = console;
  const heap = await openHeap(file, { values, console, notes: values.json || values.markdown ? err : out });
  const { extraNativeBytes } = heap.columns;
  const all = heapStatistics(heap, keyType);
  const statistics = selected(keyType === 'lineno' ? originals(all, mapper) : all, values, cwd);
  const total = totalOf(statistics);
  const none = statistics.length === 0 ? [`no ${keyType} of the heap snapshot matches --include and --exclude`] : [];
  if (values.json || values.markdown) {
    if (none.length > 0) writeLines(err, none);
    const top = rowsOfDocument(values);
    const document = {
      ...heapJson(statistics.slice(0, top), { keyType, total }),
      groups: statistics.length,
      notes: [...none, ...damages([heap])],
      extraNativeBytes,
      ...damageOf([heap]),
    };
    out.write(values.json ? jsonText(document) : statisticsPage(document, { top, cwd }));
    return total.size;
  }
  const width = widthOfTerminal(out);
  const head = `${printable(file)}: ${total.count} objects, ${formatSize(total.size)}${extra(extraNativeBytes)}`;
  const table = heapTable(statistics, { keyType, top: values.top ?? DEFAULT_ROWS, cwd, width });
  writeLines(out, [...wrapped(head, width), '', ...(none.length > 0 ? none : table)]);
  return total.size;
}

function extra(bytes: number | null): string {
  return bytes === null || bytes === 0 ? '' : `, and ${formatSize(bytes)} outside of the heap that V8 gives to no object`;
}

function totalOf(statistics: readonly HeapStatistic[]): HeapTotal {
  return statistics.reduce((sum, { size, count }) => ({ size: sum.size + size, count: sum.count + count }), { size: 0, count: 0 });
}

/** The rows whose type, package, domain or file matches. */
export function selected<Row extends Pick<HeapStatistic, 'traceback'>>(
  statistics: readonly Row[],
  { include, exclude }: Pick<HeapTableValues, 'include' | 'exclude'>,
  cwd: string,
): Row[] {
  const [included, excluded] = [include, exclude].map((patterns) => patterns.flatMap((each) => patternsFor(each, cwd)).map(compilePattern));
  return statistics.filter(({ traceback }) => {
    const name = traceback.at(-1)!.filename;
    return (include.length === 0 || included!.some((matches) => matches(name))) && !excluded!.some((matches) => matches(name));
  });
}

/** On the lines of the sources. */
function originals(statistics: readonly HeapStatistic[], mapper: SourceMapper | null): HeapStatistic[] {
  const places = Snapshot.fromTraces(statistics.map(({ traceback: { frames } }) => ({ size: 0, frames })));
  const { traces } = shown(places, mapper);
  return statistics.map((statistic, i) => ({ ...statistic, traceback: traces[i]!.traceback }));
}
