import type { Command } from 'commander';
import type { Console } from '../console.js';
import { openFile } from '../open-file.js';
import { printStatistics } from '../print-results.js';
import { addTableOptions, type TableValues } from '../shared-options.js';

export function configureStats(command: Command): Command {
  command
    .description('print which lines hold the memory in a saved snapshot')
    .argument('<file>', '.tmsnap, or a .heapprofile of Chrome or node');
  return addTableOptions(command);
}

export async function runStats([file]: readonly string[], values: TableValues, { out, cwd }: Console): Promise<number> {
  printStatistics(openFile(file!), values, { stream: out, cwd });
  return 0;
}
