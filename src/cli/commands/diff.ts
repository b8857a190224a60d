import type { Command } from 'commander';
import type { Console } from '../console.js';
import { openFile } from '../open-file.js';
import { printDiff } from '../print-results.js';
import { addTableOptions, type TableValues } from '../shared-options.js';

export function configureDiff(command: Command): Command {
  command
    .description('print what changed between two saved snapshots')
    .argument('<old>', 'the earlier file')
    .argument('<new>', 'the later file');
  return addTableOptions(command);
}

export async function runDiff([old, now]: readonly string[], values: TableValues, { out, cwd }: Console): Promise<number> {
  printDiff({ old: openFile(old!), now: openFile(now!) }, values, { stream: out, cwd });
  return 0;
}
