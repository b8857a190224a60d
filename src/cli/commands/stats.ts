import type { Command } from 'commander';
import { openFile } from '../../exchange/open-file.js';
import type { Console } from '../console.js';
import { checkPrintOptions, printStatistics } from '../print-results.js';
import { addTableOptions, addTreeOptions, type TableValues, type TreeValues } from '../shared-options.js';
import { sourceMapperOf } from '../source-maps.js';

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
