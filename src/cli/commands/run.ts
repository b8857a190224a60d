import { constants } from 'node:os';
import { basename, extname, resolve } from 'node:path';
import type { Command } from 'commander';
import { totalOf } from '../../model/column-totals.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { printable } from '../../text/printable.js';
import type { Exit, LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import { type Console, errorLine, type Output, writeLines } from '../console/console.js';
import { addExamples } from '../options/examples.js';
import { addLaunchOptions, type LaunchValues } from '../options/launch-options.js';
import { addPushEveryOption, addPushOptions, type PushValues } from '../options/push-options.js';
import {
  addLossOptions,
  addTableOptions,
  addTracingOptions,
  addTreeOptions,
  type LossValues,
  startOptions,
  type TableValues,
  type TreeValues,
} from '../options/shared-options.js';
import { addEmbedOption, sourceMapperOf, withEmbedded } from '../options/source-maps.js';
import { FAILED } from '../output/exit-codes.js';
import { addForceOption, claimOutput, type DerivedNames, formerFiles, freeName, type OutputValues } from '../output/output-file.js';
import { checkPrintOptions, HEAP_LIMIT_NOTICE, printDiff, printStatistics, saveSnapshot } from '../output/print-results.js';
import { PROGRAM_CODE } from '../output/program-code.js';
import { addLimitOption, type LimitValues, SizeLimit } from '../output/size-limit.js';
import { CHECKPOINT_NAMES } from '../tracing/checkpoints.js';
import { EarlierOfProcesses } from '../tracing/earlier.js';
import { earlierSources } from '../tracing/earlier-sources.js';
import { gatherProcesses } from '../tracing/follow.js';
import { type Earlier, earlierNotice } from '../tracing/last-snapshot.js';
import { launchProgram, startOrKill } from '../tracing/launched-program.js';
import { launchPassingSignals } from '../tracing/passed-signals.js';
import { type Pushing, pushingOf } from '../tracing/pushing.js';
import { checkOnRss, RSS_NAMES } from '../tracing/rss-snapshots.js';
import { whatToRun } from '../tracing/what-to-run.js';

interface RunValues extends LaunchValues, LossValues, TableValues, TreeValues, LimitValues, OutputValues, PushValues {
  readonly output?: string;
  readonly marks: boolean;
  readonly peak: boolean;
  readonly follow: boolean;
  readonly shell: boolean;
}

/** If the program's own code holds less than this share of the heap, the last snapshot says little about the program. */
const LITTLE_SHARE = 0.05;
const MUCH_SHARE = 0.5;

export function configure(command: Command): Command {
  command
    .option('-o, --output <file>', 'where to save the snapshot (default: SCRIPT.PID.tmsnap)')
    .option('--marks', 'also take a snapshot at every debugger statement that the program passes', false)
    .option('--peak', "also keep the snapshot of the highest reading; takes up to a tenth of the program's time", false)
    .option('--shell', 'the program is a line for the shell: npm run build && node app.js', false)
    .option(
      '--follow',
      'also trace the Node processes that the program starts; saves each as FILE.PID, and all of them as FILE; always on for commands',
      false,
    );
  addLimitOption(addPushEveryOption(addPushOptions(addLaunchOptions(command)))).passThroughOptions();
  return addExamples(addForceOption(addEmbedOption(addTreeOptions(addTableOptions(addLossOptions(addTracingOptions(command)))))), [
    ['tracemalloc run app.js', 'what app.js holds at its end'],
    ['tracemalloc run --peak -o app.tmsnap app.js --size 1000', 'what app.js --size 1000 holds at its peak and at its end'],
  ]);
}

/**
 * @returns the program's exit code, or 128 + the number of the signal that ended it, as shells do. If the program ended with 0: 1 if no snapshot was
 *   saved, 3 if the limit was exceeded
 */
export async function run(words: readonly string[], given: RunValues, console: Console): Promise<number> {
  checkPrintOptions(given);
  checkOnRss(given);
  const program = whatToRun(words, given, console);
  const values = { ...given, follow: given.follow || program.isCommand };
  const [name = '', ...args] = words;
  const start = { ...startOptions(values), peak: values.peak };
  const mapper = sourceMapperOf(values, console);
  const claimed = values.output === undefined ? undefined : await claimOutput(values.output, values, console, derivedNames(values));
  const removeFormer = claimed === undefined ? () => {} : formerFiles(claimed, derivedNames(values));
  const pushing = pushingOf(values, { mapper, console, isHere: true });
  const beforeStart = new AbortController();
  const { launching, signals, stopListening } = launchPassingSignals(
    () => launchProgram(program, { values, console, signal: beforeStart.signal }),
    () => beforeStart.abort(),
  );
  try {
    const tracer = await launching;
    const output = claimed ?? freeName((n) => defaultOutput(given.shell ? 'shell' : name, tracer.pid, n), derivedNames(values));
    const limit = new SizeLimit(values, console);
    const reporting = { output, values, console, mapper, limit, pushing };
    if (values.marks) saveMarks(tracer, reporting);
    await startOrKill(tracer, start).catch((error: unknown) => {
      if (!signals.any) throw error;
    });
    const earlier = earlierOf(tracer, reporting);
    const ended = await tracer.exited;
    earlier.stop();
    if (pushing?.isEmpty && ended.snapshot) pushing.add(ended.snapshot); // better what it held at its end than nothing
    const takeEarlier = (pid: number) => earlier.take(pid);
    const exit = values.follow ? await gatherProcesses(tracer, ended, { script: name, args, output, console, takeEarlier }) : ended;
    const isSaved = report(exit, { ...reporting, takeEarlier: () => takeEarlier(tracer.pid) });
    earlier.remove();
    if (isSaved) removeFormer();
    if (exit.signal !== null) return 128 + constants.signals[exit.signal];
    return exit.code || (isSaved ? limit.exitCode : FAILED);
  } finally {
    stopListening();
    await pushing?.end();
  }
}

function defaultOutput(script: string, pid: number, n: number): string {
  return [nameOf(script), pid, ...(n === 1 ? [] : [n]), 'tmsnap'].join('.');
}

/** A folder's own name for `.`. Never one that `ls` hides or that a command takes for an option. */
function nameOf(script: string): string {
  if (script === '-') return 'stdin';
  const path = resolve(script);
  return basename(path, extname(path)).replace(/^[.-]+/, '') || 'program';
}

function derivedNames({ marks, follow, peak, checkpoint, onRss }: RunValues): DerivedNames {
  return [
    ...(marks || follow ? [/^\.\d+(\.\d+)?$/] : []),
    ...(peak ? [/^\.peak$/] : []),
    ...(checkpoint === undefined ? [] : [CHECKPOINT_NAMES]),
    ...(onRss === undefined ? [] : [RSS_NAMES]),
  ];
}

function earlierOf(tracer: LaunchedTracer, { output, values, console, mapper, pushing }: Reporting): EarlierOfProcesses {
  const fileOf = (pid: number) => (values.follow ? `${output}.${pid}` : output);
  return new EarlierOfProcesses(tracer, (pid, one) => [
    ...earlierSources(one, { file: fileOf(pid), label: `process ${pid}`, values, console, mapper }),
    ...(pushing ? [pushing.sourceFor(one)] : []),
  ]);
}

interface Reporting {
  readonly output: string;
  readonly values: RunValues;
  readonly console: Console;
  readonly mapper: SourceMapper | null;
  readonly limit: SizeLimit;
  readonly pushing: Pushing | null;
}

/** Saves a snapshot at every mark as FILE.1, FILE.2, … and prints what changed since the previous mark. */
function saveMarks(tracer: LaunchedTracer, reporting: Reporting): void {
  const { output, values, console } = reporting;
  let marks = 0;
  let previous: Snapshot | null = null;
  tracer.onMark(async (label) => {
    marks++;
    try {
      const snapshot = await tracer.takeSnapshot();
      writeLines(console.err, [`mark ${marks} at ${printable(label)}`]);
      save(snapshot, `${output}.${marks}`, reporting);
      // With --json, stdout holds one document: the last snapshot.
      if (previous) printDiff({ old: previous, now: snapshot }, { ...values, json: false }, printing(console.err, reporting));
      previous = snapshot;
    } catch (error) {
      writeLines(console.err, [`mark ${marks} has no snapshot: ${errorLine(error)}`]);
    }
  });
}

interface Ending extends Reporting {
  readonly takeEarlier: () => Earlier | null;
}

/** @returns whether a snapshot was saved as the output: the last one, or an earlier one */
function report({ snapshot, atHeapLimit, peak, error }: Exit, { takeEarlier, ...reporting }: Ending): boolean {
  const { console, limit } = reporting;
  const highest = peak && reportPeak({ peak, isLast: peak === snapshot }, reporting);
  if (snapshot === null) {
    const reason = error == null ? 'the program was killed before it could be asked' : errorLine(error);
    const earlier = takeEarlier();
    writeLines(console.err, [earlier ? earlierNotice(earlier, reason) : `no snapshot was saved: ${reason}`]);
    const last = earlier && reportLast(earlier.snapshot, reporting);
    const checked = highest ?? last;
    if (checked) limit.checkTotal(checked);
    return earlier !== null;
  }
  if (atHeapLimit) writeLines(console.err, [HEAP_LIMIT_NOTICE]);
  else if (holdsLittle(snapshot) && (peak === null || peak === snapshot)) {
    writeLines(console.err, [
      "The last snapshot holds little of the program: at its end, its variables are garbage. See what is alive earlier with --peak, or with --marks and a 'debugger' statement where it matters.",
    ]);
  }
  const last = reportLast(snapshot, reporting);
  limit.checkTotal(highest ?? last);
  return true;
}

/** @returns the traces that were shown */
function reportLast(snapshot: Snapshot, reporting: Reporting): Snapshot {
  const { output, values, console } = reporting;
  const shown = printStatistics(snapshot, values, printing(resultStream(values, console), reporting));
  save(snapshot, output, reporting);
  return shown;
}

/** Saves the peak as FILE.peak. Prints it, too, unless it is the last snapshot, which is printed anyway. @returns the traces that were shown */
function reportPeak({ peak, isLast }: { peak: Snapshot; isLast: boolean }, reporting: Reporting): Snapshot | null {
  const { output, values, console } = reporting;
  let shown: Snapshot | null = null;
  if (isLast) writeLines(console.err, ['the highest reading was the last one']);
  else {
    writeLines(console.err, [`at the peak, ${peak.capture.time}:`]);
    // With --json, stdout holds one document: the last snapshot.
    shown = printStatistics(peak, { ...values, json: false }, printing(console.err, reporting));
  }
  save(peak, `${output}.peak`, reporting);
  if (!isLast) writeLines(console.err, ['at the end:']);
  return shown;
}

function save(snapshot: Snapshot, path: string, { values, console, mapper }: Reporting): void {
  saveSnapshot(withEmbedded(snapshot, values, mapper), path, console);
}

function printing(stream: Output, { console: { err, cwd }, mapper }: Reporting) {
  return { stream, err, cwd, mapper };
}

/** Stdout belongs to the program. We write to it only if the user asks for --json. */
function resultStream({ json }: RunValues, { out, err }: Console): Output {
  return json ? out : err;
}

/** If most of the heap is in the snapshot, the user sees what it holds. */
function holdsLittle(snapshot: Snapshot): boolean {
  const used = snapshot.capture.heap?.heapUsed ?? 0;
  const own = snapshot.filterTraces(PROGRAM_CODE);
  return totalOf(own.columns).size < LITTLE_SHARE * used && totalOf(snapshot.columns).size < MUCH_SHARE * used;
}
