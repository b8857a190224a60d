import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { htmlDocument } from '../../../report/html/document.js';
import { buildFleetReport } from '../../../report/html/fleet-report.js';
import { KEY_TYPES, type KeyType } from '../../../snapshot/statistics/key-type.js';
import { groupedBy } from '../../../store/grouped-by.js';
import { perProcess } from '../../../store/per-process.js';
import type { FleetHistory, FleetSnapshot, StatsQuestion, Store } from '../../../store/store.js';
import type { Console } from '../../console/console.js';
import { addExamples } from '../../options/examples.js';
import { addSelectionOptions, questionOf, type SelectionValues, withStore } from '../../options/fleet-options.js';
import { processesLine } from '../../output/fleet-tables.js';
import { openPage } from '../../output/open-page.js';
import { addForceOption, claimOutput, type OutputValues, STDOUT, writeOutput } from '../../output/output-file.js';

interface ReportValues extends SelectionValues, OutputValues {
  readonly release?: string;
  readonly against?: string;
  readonly groupBy: KeyType;
  readonly output: string;
  readonly open: boolean;
}

const NO_ERRORS = 'The flame graph has no standard errors: tracemalloc fleet diff says which changes are sure.';

export function configure(command: Command): Command {
  command
    .option('--release <version>', 'the release whose stacks are shown (default: all of them together)')
    .option('--against <version>', 'with --release: show what changed since this release')
    .addOption(new Option('--group-by <key>', 'what the table of growth groups by').choices(KEY_TYPES).default('lineno'))
    .requiredOption('-o, --output <file>', 'the HTML file to write, which needs no other file; - is stdout')
    .option('--open', 'show the page in the browser', false);
  return addExamples(addSelectionOptions(addForceOption(command)), [
    ['tracemalloc fleet report folder:./fleet --service api -o fleet.html', 'all releases over time, what grows, and all stacks'],
    ['tracemalloc fleet report folder:./fleet --service api --release 2.1 --against 2.0 -o fleet.html', 'and what changed in the stacks'],
  ]);
}

export async function run([url]: readonly string[], values: ReportValues, console: Console): Promise<number> {
  const { release = null, against, output, open } = values;
  if (against !== undefined && release === null) throw new UsageError('--against compares with --release; give that, too');
  if (open && output === STDOUT) throw new UsageError('--open shows a file; leave -o - out');
  const place = output === STDOUT ? STDOUT : await claimOutput(output, values, console);
  const page = await withStore(url!, console, async (store) => {
    const question = { ...(await questionOf(store, values, console.cwd)), release };
    return htmlDocument(await reportOf(store, question, { against, cwd: console.cwd }));
  });
  await writeOutput(place, page, { done: 'report written as', console });
  if (open) await openPage(place);
  return 0;
}

interface Reporting {
  readonly against: string | undefined;
  readonly cwd: string;
}

/** @throws UsageError if there is no profile to show */
async function reportOf(store: Store, question: StatsQuestion, { against, cwd }: Reporting) {
  const { service, release, keyType } = question;
  const releases = [release, against ?? null].filter((one) => one !== null);
  const now = await store.merged(question);
  const old = against === undefined ? null : await store.merged({ ...question, release: against });
  if (now.processes === 0 || old?.processes === 0)
    throw new UsageError('no process has a profile that this selects; choose another time, host or attribute');
  const { growth } = await store.leaks({ ...question, releases });
  const history = await store.history({ ...question, releases });
  return buildFleetReport(perProcess(now), {
    title: against === undefined ? [service, release].filter(Boolean).join(' ') : `${service} ${against} → ${release}`,
    old: old && perProcess(old),
    own: keyType === 'own',
    cwd,
    notes: notesOf(question, { now, old, against }),
    keyType,
    releases: linesOf(history),
    growth,
  });
}

interface Shown {
  readonly now: FleetSnapshot;
  readonly old: FleetSnapshot | null;
  readonly against: string | undefined;
}

function notesOf({ service, release }: StatsQuestion, { now, old, against }: Shown): string[] {
  const after = processesLine(service, release, now.processes);
  const all = old ? `${after}, and ${processesLine(service, against ?? null, old.processes)}` : after;
  return [`All figures are of one process, on average over the newest profiles of ${all}.`, NO_ERRORS];
}

function linesOf({ points }: FleetHistory) {
  return [...groupedBy(points, ({ release }) => release)].map(([name, ofRelease]) => ({
    name,
    points: ofRelease.map(({ time, size, processes }) => ({ timeMs: time.getTime(), size, processes })),
  }));
}
