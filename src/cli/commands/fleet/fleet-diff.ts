import type { Command } from 'commander';
import { jsonText } from '../../../report/text/json.js';
import { printable } from '../../../text/printable.js';
import { type Console, writeLines } from '../../console/console.js';
import { addExamples } from '../../options/examples.js';
import { addFleetTableOptions, checkGrouping, type FleetTableValues, questionOf, withStore } from '../../options/fleet-options.js';
import { fleetDiffJson, fleetDiffTable, fleetTableOptions, processesLine } from '../../output/fleet-tables.js';

interface DiffValues extends FleetTableValues {
  readonly release: string;
  readonly against: string;
}

export function configure(command: Command): Command {
  command
    .requiredOption('--release <version>', 'the release to look at')
    .requiredOption('--against <version>', 'the release to compare it with');
  return addExamples(addFleetTableOptions(command), [
    ['tracemalloc fleet diff folder:./fleet --service api --release 2.1 --against 2.0', 'what 2.1 holds more than 2.0, a process'],
    ['tracemalloc fleet diff folder:./fleet --service api --release 2.1 --against 2.0 --json', 'the same for a program'],
  ]);
}

export async function run([url]: readonly string[], values: DiffValues, console: Console): Promise<number> {
  checkGrouping(values);
  const { release, against, json, top } = values;
  return await withStore(url!, console, async (store) => {
    const question = { ...(await questionOf(store, values, console.cwd)), release, against };
    const { service } = question;
    const diff = await store.diff(question);
    if (json) console.out.write(jsonText({ service, release, against, ...fleetDiffJson(diff, top) }));
    else {
      const [now, old] = diff.processes;
      const title = `${processesLine(service, release, now)}, against ${processesLine(service, against, old)}`;
      writeLines(console.out, [printable(title), '', ...fleetDiffTable(diff, fleetTableOptions(values, console))]);
    }
    return 0;
  });
}
