import { basename } from 'node:path';
import type { Command } from 'commander';
import { openFile } from '../../formats/open-file.js';
import { buildReport } from '../../report/html/build-report.js';
import { htmlDocument } from '../../report/html/document.js';
import type { Console } from '../console/console.js';
import { addExamples } from '../options/examples.js';
import { addFilterOptions, type FilterValues, filtered } from '../options/filter-options.js';
import { addSourceMapOptions, type SourceMapValues, sourceMapperOf } from '../options/source-maps.js';
import { addForceOption, claimOutput, type OutputValues, STDOUT, writeOutput } from '../output/output-file.js';

interface ReportValues extends SourceMapValues, FilterValues, OutputValues {
  readonly output: string;
  readonly diff?: string;
  readonly embedSources: boolean;
  readonly own: boolean;
}

export function configure(command: Command): Command {
  command
    .requiredOption('-o, --output <file>', 'the HTML file to write, which needs no other file; - is stdout')
    .option('--diff <old>', 'show what changed since this earlier file')
    .option('--own', "your code first: the table begins grouped by own, with every byte on the program's own lines", false)
    .option('--embed-sources', 'copy the source lines around the shown places into the page', false);
  return addExamples(addSourceMapOptions(addFilterOptions(addForceOption(command))), [
    ['tracemalloc report app.tmsnap -o app.html', 'a page to open in a browser'],
    ['tracemalloc report after.tmsnap --diff before.tmsnap --embed-sources -o growth.html', 'what grew, with the source lines'],
  ]);
}

export async function run([file]: readonly string[], values: ReportValues, console: Console): Promise<number> {
  const output = values.output === STDOUT ? STDOUT : await claimOutput(values.output, values, console);
  const mapper = sourceMapperOf(values, console);
  const opened = (path: string) => filtered(openFile(path), values, mapper);
  const now = opened(file!);
  const old = values.diff === undefined ? null : opened(values.diff);
  const title = values.diff === undefined ? basename(file!) : `${basename(values.diff)} → ${basename(file!)}`;
  const report = buildReport(now, { title, old, own: values.own, embedSources: values.embedSources, cwd: console.cwd });
  await writeOutput(output, htmlDocument(report), { done: 'report written as', console });
  return 0;
}
