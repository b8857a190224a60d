import { basename } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { openFile, openInput } from '../../formats/open-file.js';
import type { ReportData } from '../../report/call-tree/report-data.js';
import { buildReport, buildSeriesReport } from '../../report/html/build-report.js';
import { htmlDocument } from '../../report/html/document.js';
import { DEFAULT_WARMUP } from '../../series/growth.js';
import { Series } from '../../series/series.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import type { Console } from '../console/console.js';
import { checkHeapReport, heapReport } from '../heap/report-heap.js';
import { addExamples } from '../options/examples.js';
import { addFilterOptions, type FilterValues } from '../options/filter-options.js';
import { passing, passingRounds } from '../options/filter-reasons.js';
import { isHeapFile } from '../options/heap-argument.js';
import { addPartialOption, type PartialValues, refusePartial } from '../options/heap-options.js';
import { wholeNumber } from '../options/option-values.js';
import { addSourceMapOptions, type SourceMapValues, sourceMapperOf } from '../options/source-maps.js';
import { openPage } from '../output/open-page.js';
import { addForceOption, claimOutput, freeName, type OutputValues, STDOUT, writeOutput } from '../output/output-file.js';

interface ReportValues extends SourceMapValues, FilterValues, OutputValues, PartialValues {
  readonly output?: string;
  readonly diff?: string;
  readonly embedSources: boolean;
  readonly own: boolean;
  readonly open: boolean;
  readonly warmup?: number;
}

export function configure(command: Command): Command {
  command
    .option('-o, --output <file>', 'the HTML file to write, which needs no other file; - is stdout (default: NAME.html)')
    .option('--open', 'show the page in the browser', false)
    .option('--diff <old>', 'show what changed since this earlier file')
    .option('--warmup <n>', 'how many first rounds of a .tmseries do not count (default: 1)', wholeNumber)
    .option('--own', "your code first: the table begins grouped by own, with every byte on the program's own lines", false)
    .option('--embed-sources', 'copy the source lines around the shown places into the page', false);
  return addExamples(addSourceMapOptions(addPartialOption(addFilterOptions(addForceOption(command)))), [
    ['tracemalloc report app.tmsnap -o app.html', 'a page to open in a browser'],
    ['tracemalloc report after.tmsnap --diff before.tmsnap --embed-sources -o growth.html', 'what grew, with the source lines'],
  ]);
}

export async function run([file]: readonly string[], values: ReportValues, console: Console): Promise<number> {
  const { output = defaultOutput(file!, values), open } = values;
  if (open && output === STDOUT) throw new UsageError('--open shows a file; leave -o - out');
  const isHeap = isHeapFile(file!) || (values.diff !== undefined && isHeapFile(values.diff));
  if (isHeap) checkHeapReport(file!, values);
  else refusePartial(values, file!);
  const place = output === STDOUT ? STDOUT : await claimOutput(output, values, console);
  const mapper = sourceMapperOf(values, console);
  const page = isHeap ? await heapReport(file!, { values, mapper, console }) : htmlDocument(reportOf(file!, values, { mapper, console }));
  await writeOutput(place, page, { done: 'report written as', console });
  if (open) await openPage(place);
  return 0;
}

/** A whole series has its own page. Otherwise it stands for its last round. */
function reportOf(
  file: string,
  { diff, own, embedSources, warmup, ...filters }: ReportValues,
  context: { readonly mapper: SourceMapper | null; readonly console: Console },
): ReportData {
  const options = { own, embedSources, cwd: context.console.cwd };
  const input = diff === undefined ? openInput(file) : openFile(file);
  if (input instanceof Series) {
    const series = passingRounds(input, filters, context);
    return buildSeriesReport(series, { ...options, title: basename(file), warmup: warmup ?? DEFAULT_WARMUP });
  }
  if (warmup !== undefined) throw new UsageError('--warmup is for the page of a whole .tmseries; leave it out');
  const inputs = diff === undefined ? [input] : [input, openFile(diff)];
  const [now, old = null] = passing(inputs, filters, context);
  const title = diff === undefined ? basename(file) : `${basename(diff)} → ${basename(file)}`;
  return buildReport(now!, { ...options, title, old });
}

/** In the current folder, like that of `run`. Replaces no file unless `force` says so. */
function defaultOutput(file: string, { force }: ReportValues): string {
  const name =
    basename(file).replace(/\.(?:tmsnap|tmseries|heapprofile|heap(?:snapshot|timeline)(?:\.gz|\.zst)?)(?=(?:@\d+)?$)/i, '') || 'report';
  return force ? `${name}.html` : freeName((n) => (n === 1 ? `${name}.html` : `${name}.${n}.html`));
}
