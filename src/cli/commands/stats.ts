import type { Command } from 'commander';
import { openFile } from '../../formats/open-file.js';
import type { Console } from '../console/console.js';
import { printHeap } from '../heap/print-heap.js';
import { addExamples } from '../options/examples.js';
import { isHeapFile } from '../options/heap-argument.js';
import { addPartialOption, type HeapTableValues, noteGivenKey, refusePartial } from '../options/heap-options.js';
import { addMarkdownOption, type MarkdownValues } from '../options/markdown-option.js';
import { addTableOptions, addTreeOptions } from '../options/shared-options.js';
import { sourceMapperOf } from '../options/source-maps.js';
import { checkPrintOptions, printStatistics } from '../output/print-results.js';
import { addLimitOption, type LimitValues, SizeLimit } from '../output/size-limit.js';

type StatsValues = HeapTableValues & LimitValues & MarkdownValues;

export function configure(command: Command): Command {
  return addExamples(noteGivenKey(addPartialOption(addLimitOption(addTreeOptions(addMarkdownOption(addTableOptions(command)))))), [
    ['tracemalloc stats app.tmsnap', 'the ten lines that hold the most'],
    ['tracemalloc stats --group-by package --top 5 app.tmsnap', 'the five packages that hold the most'],
  ]);
}

export async function run([file]: readonly string[], values: StatsValues, console: Console): Promise<number> {
  checkPrintOptions(values);
  const mapper = sourceMapperOf(values, console);
  const limit = new SizeLimit(values, console);
  if (isHeapFile(file!)) {
    limit.checkHeap(await printHeap(file!, values, { console, mapper }));
    return limit.exitCode;
  }
  refusePartial(values, file!);
  limit.checkTotal(printStatistics(openFile(file!), values, { stream: console.out, err: console.err, cwd: console.cwd, mapper }));
  return limit.exitCode;
}
