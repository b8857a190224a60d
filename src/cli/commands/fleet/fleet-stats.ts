import type { Command } from 'commander';
import { jsonText } from '../../../report/text/json.js';
import { printable } from '../../../text/printable.js';
import { type Console, writeLines } from '../../console/console.js';
import { addExamples } from '../../options/examples.js';
import { addFleetTableOptions, checkGrouping, type FleetTableValues, questionOf, withStore } from '../../options/fleet-options.js';
import { fleetStatsJson, fleetStatsTable, fleetTableOptions, processesLine } from '../../output/fleet-tables.js';

interface StatsValues extends FleetTableValues {
  readonly release?: string;
}

export function configure(command: Command): Command {
  command.option('--release <version>', 'only this release (default: all of them together)');
  return addExamples(addFleetTableOptions(command), [
    ['tracemalloc fleet stats folder:./fleet --service api', 'the ten lines that hold the most, a process'],
    ['tracemalloc fleet stats folder:./fleet --service api --release 2.1 --from 24h --group-by package', 'packages, on one release, today'],
  ]);
}

export async function run([url]: readonly string[], values: StatsValues, console: Console): Promise<number> {
  checkGrouping(values);
  const { release = null, json, top } = values;
  return await withStore(url!, console, async (store) => {
    const question = { ...(await questionOf(store, values, console.cwd)), release };
    const stats = await store.stats(question);
    if (json) console.out.write(jsonText({ service: question.service, release, ...fleetStatsJson(stats, top) }));
    else {
      const title = printable(processesLine(question.service, release, stats.processes));
      writeLines(console.out, [title, '', ...fleetStatsTable(stats, fleetTableOptions(values, console))]);
    }
    return 0;
  });
}
