import type { Command } from 'commander';
import { openFile } from '../../formats/open-file.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { addExamples } from '../options/examples.js';
import { addTableOptions, addTreeOptions, type TableValues, type TreeValues } from '../options/shared-options.js';
import { sourceMapperOf } from '../options/source-maps.js';
import { checkPrintOptions, printDiff, printStatistics } from '../output/print-results.js';

interface DiffValues extends TableValues, TreeValues {
  readonly survivors: boolean;
}

export function configure(command: Command): Command {
  command.option('--survivors', 'print what was allocated after OLD was taken and is alive in NEW; both must be of one tracing', false);
  return addExamples(addTreeOptions(addTableOptions(command)), [
    ['tracemalloc diff before.tmsnap after.tmsnap', 'the lines that changed most'],
    [
      "tracemalloc diff --tree --exclude 'node:*' before.tmsnap after.tmsnap",
      'which calls led to the change, without what Node allocates itself',
    ],
  ]);
}

export async function run([old, now]: readonly string[], values: DiffValues, console: Console): Promise<number> {
  checkPrintOptions(values);
  const { out, err, cwd } = console;
  const printing = { stream: out, err, cwd, mapper: sourceMapperOf(values, console) };
  const snapshots = { old: openFile(old!), now: openFile(now!) };
  if (!values.survivors) {
    printDiff(snapshots, values, printing);
    return 0;
  }
  const survivors = snapshots.now.allocatedSince(snapshots.old);
  if (!values.json) writeLines(out, [`allocated after ${printable(old!)} was taken, and alive in ${printable(now!)}:`]);
  printStatistics(survivors, values, printing);
  return 0;
}
