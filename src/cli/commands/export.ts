import type { Command } from 'commander';
import { encode } from '../../formats/export.js';
import { openFile } from '../../formats/open-file.js';
import { FORMATS, formatNamed, formatOfFilename } from '../../formats/registry.js';
import type { Console } from '../console/console.js';
import { checkHeapExport, heapParts } from '../heap/export-heap.js';
import { addExamples } from '../options/examples.js';
import { addFilterOptions, type FilterValues } from '../options/filter-options.js';
import { passing } from '../options/filter-reasons.js';
import { isHeapFile } from '../options/heap-argument.js';
import { addPartialOption, type PartialValues, refusePartial } from '../options/heap-options.js';
import { addSourceMapOptions, type SourceMapValues, sourceMapperOf } from '../options/source-maps.js';
import { addForceOption, claimOutput, type OutputValues, STDOUT, writeOutput } from '../output/output-file.js';

interface ExportValues extends SourceMapValues, FilterValues, OutputValues, PartialValues {
  readonly output: string;
  readonly format?: string;
  readonly diff?: string;
}

export function configure(command: Command): Command {
  command
    .requiredOption('-o, --output <file>', 'the file to write; - is stdout')
    .option('--format <name>', `${FORMATS.map(({ name }) => name).join(', ')} (default: by the extension of the output)`)
    .option('--diff <old>', 'write the change since this earlier file');
  return addExamples(addSourceMapOptions(addPartialOption(addFilterOptions(addForceOption(command)))), [
    ['tracemalloc export app.tmsnap -o app.pb.gz', 'for go tool pprof'],
    ['tracemalloc export after.tmsnap --diff before.tmsnap --format markdown -o -', 'a table of what changed, on stdout'],
  ]);
}

export async function run([file]: readonly string[], values: ExportValues, console: Console): Promise<number> {
  const { output, diff } = values;
  const format = values.format === undefined ? formatOfFilename(output) : formatNamed(values.format);
  const isHeap = isHeapFile(file!) || (diff !== undefined && isHeapFile(diff));
  if (isHeap) checkHeapExport(file!, format.name, values);
  else refusePartial(values, file!);
  const place = output === STDOUT ? STDOUT : await claimOutput(output, values, console);
  if (isHeap) {
    await writeOutput(place, await heapParts(file!, format.name, { values, console }), { done: 'written to', console });
    return 0;
  }
  const mapper = sourceMapperOf(values, console);
  const paths = diff === undefined ? [file!] : [file!, diff];
  const [now, old] = passing(paths.map(openFile), values, { mapper, console });
  const parts = encode(now!, format.name, old && { old });
  await writeOutput(place, parts, { done: 'written to', console });
  return 0;
}
