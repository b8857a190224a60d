import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { printable } from '../../../text/printable.js';
import { type Console, writeLines } from '../../console/console.js';
import { addExamples } from '../../options/examples.js';
import { addSelectionOptions, questionOf, type SelectionValues, withStore } from '../../options/fleet-options.js';
import { processesLine } from '../../output/fleet-tables.js';
import { addForceOption, claimOutput, type OutputValues } from '../../output/output-file.js';
import { saveSnapshot } from '../../output/print-results.js';

interface ExportValues extends SelectionValues, OutputValues {
  readonly release?: string;
  readonly output: string;
}

export function configure(command: Command): Command {
  command
    .option('--release <version>', 'only this release (default: all of them together)')
    .requiredOption('-o, --output <file>', 'the .tmsnap file to write');
  return addExamples(addSelectionOptions(addForceOption(command)), [
    ['tracemalloc fleet export folder:./fleet --service api --release 2.1 -o api-2.1.tmsnap', 'for report, export, stats and diff'],
    ["tracemalloc fleet export folder:./fleet --service api --host 'web-*' -o web.tmsnap", 'only the processes of some hosts'],
  ]);
}

export async function run([url]: readonly string[], values: ExportValues, console: Console): Promise<number> {
  const output = await claimOutput(values.output, values, console);
  const { release = null } = values;
  return await withStore(url!, console, async (store) => {
    const question = { ...(await questionOf(store, values, console.cwd)), release };
    const { processes, snapshot } = await store.merged(question);
    if (processes === 0) throw new UsageError('no process has a profile that this selects; choose another time, host or attribute');
    writeLines(console.err, [printable(`all together: ${processesLine(question.service, release, processes)}`)]);
    saveSnapshot(snapshot, output, console);
    return 0;
  });
}
