import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import { jsonText } from '../../../report/text/json.js';
import { type Console, writeLines } from '../../console/console.js';
import { addExamples } from '../../options/examples.js';
import { addFleetTableOptions, checkGrouping, type FleetTableValues, questionOf, withStore } from '../../options/fleet-options.js';
import { EXCEEDED } from '../../output/exit-codes.js';
import { fleetGrowthJson, fleetGrowthLines } from '../../output/fleet-growth-table.js';
import { fleetTableOptions } from '../../output/fleet-tables.js';

interface LeaksValues extends FleetTableValues {
  readonly release?: string;
  readonly against?: string;
  readonly failOnLeak: boolean;
}

export function configure(command: Command): Command {
  command
    .option('--release <version>', 'only this release (default: each by itself)')
    .option('--against <version>', 'with --release: also show how the same lines grow on this one')
    .option('--fail-on-leak', 'end with 3 if a line leaks; with --release, on that release', false);
  return addExamples(addFleetTableOptions(command), [
    ['tracemalloc fleet leaks folder:./fleet --service api --release 2.1 --against 2.0', 'what leaks on 2.1, and whether it did on 2.0'],
    ['tracemalloc fleet leaks folder:./fleet --service api --release 2.1 --from 2h --fail-on-leak', 'stops a canary that leaks'],
  ]);
}

export async function run([url]: readonly string[], values: LeaksValues, console: Console): Promise<number> {
  checkGrouping(values);
  const { release, against, json, top, failOnLeak } = values;
  if (against !== undefined && release === undefined) throw new UsageError('--against compares with --release; give that, too');
  return await withStore(url!, console, async (store) => {
    const releases = [release, against].filter((one) => one !== undefined);
    const question = { ...(await questionOf(store, values, console.cwd)), releases };
    const leaks = await store.leaks(question);
    if (json) console.out.write(jsonText({ service: question.service, ...fleetGrowthJson(leaks, top) }));
    else writeLines(console.out, fleetGrowthLines(leaks, { service: question.service, against, ...fleetTableOptions(values, console) }));
    const isLeaking = leaks.growth.some((one) => one.verdict === 'leaks' && one.release !== against);
    return failOnLeak && isLeaking ? EXCEEDED : 0;
  });
}
