import type { Command } from 'commander';
import { openFile } from '../../formats/open-file.js';
import type { Console } from '../console/console.js';
import { addTableOptions, addTreeOptions, type TableValues, type TreeValues } from '../options/shared-options.js';
import { sourceMapperOf } from '../options/source-maps.js';
import { checkPrintOptions, printStatistics } from '../output/print-results.js';

export function configureStats(command: Command): Command {
  command
    .description('print which lines hold the memory in a saved snapshot')
    .argument('<file>', '.tmsnap, or a .heapprofile of Chrome or node');
  return addTreeOptions(addTableOptions(command));
}

export async function runStats([file]: readonly string[], values: TableValues & TreeValues, console: Console): Promise<number> {
  checkPrintOptions(values);
  const mapper = sourceMapperOf(values, console);
  printStatistics(openFile(file!), values, { stream: console.out, cwd: console.cwd, mapper });
  return 0;
}
