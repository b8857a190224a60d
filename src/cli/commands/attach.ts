import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, writeLines } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { addExamples } from '../options/examples.js';
import { addPushOptions, type PushValues } from '../options/push-options.js';
import { addRoundOptions, checkRoundOptions, hasRounds, type RoundValues, timetableOf } from '../options/round-options.js';
import {
  addLossOptions,
  addTableOptions,
  addTracingOptions,
  addTreeOptions,
  type LossValues,
  startOptions,
  type TableValues,
  type TracingValues,
  type TreeValues,
} from '../options/shared-options.js';
import { addEmbedOption, originalTraceback, sourceMapperOf, withEmbedded } from '../options/source-maps.js';
import { addTargetOptions, isOnThisMachine, type Target, type TargetValues, targetOf } from '../options/target-argument.js';
import { FAILED } from '../output/exit-codes.js';
import { HeapOutput } from '../output/heap-output.js';
import { addForceOption, claimOutput, type DerivedNames, formerFiles, type OutputValues } from '../output/output-file.js';
import { checkPrintOptions, type Printing, printStatistics, saveSnapshot } from '../output/print-results.js';
import { addLimitOption, type LimitValues, SizeLimit } from '../output/size-limit.js';
import { printWhere, tracebackOf } from '../output/where-output.js';
import { CHECKPOINT_NAMES } from '../tracing/checkpoints.js';
import { newest } from '../tracing/earlier.js';
import { earlierSources } from '../tracing/earlier-sources.js';
import { takeLastSnapshot } from '../tracing/last-snapshot.js';
import { type Pause, pausesOf } from '../tracing/pause.js';
import { type Pushing, pushingOf } from '../tracing/pushing.js';
import { RoundTables } from '../tracing/round-tables.js';
import { dueByTime, type Round, takeRounds } from '../tracing/rounds.js';
import { checkOnRss, RSS_NAMES } from '../tracing/rss-snapshots.js';
import { traceProcesses } from '../tracing/trace-processes.js';
import { whileTracing } from '../tracing/while-tracing.js';

interface AttachValues
  extends TracingValues,
    TableValues,
    TreeValues,
    TargetValues,
    LossValues,
    RoundValues,
    LimitValues,
    OutputValues,
    PushValues {
  readonly follow: boolean;
  readonly output?: string;
  readonly where?: string;
  readonly heapSnapshot?: string;
}

const ROUND_NAMES = /^\.\d+$/;
const ENDED_NOTICE = 'the program has ended: the last round is what was alive then, when its variables were garbage';
const NO_FIRST_NOTICE = 'there is no earlier round to compare with: what follows is what was allocated since the tracing began';

export function configure(command: Command): Command {
  addLimitOption(addPushOptions(addRoundOptions(addTargetOptions(command))), 'the total, or with --diff or --every the growth,')
    .option('-o, --output <file>', 'save the snapshot as this file; with --diff or --every the earlier ones as FILE.1, FILE.2 …')
    .option(
      '--follow',
      'also trace the Node processes below the process, and those that start meanwhile; with -o, each is saved as FILE.PID, and all of them as FILE',
      false,
    )
    .option(
      '--where <expression>',
      'with --mode objects: print where an object was allocated; give an expression that yields it in the target, or its id in the heap as @N',
    )
    .option('--heap-snapshot <file>', "with --mode objects: also save V8's own heap snapshot of the last moment, for why and DevTools");
  return addExamples(addForceOption(addEmbedOption(addTreeOptions(addTableOptions(addLossOptions(addTracingOptions(command)))))), [
    ['tracemalloc attach 4711 --duration 2m -o app.tmsnap', 'what process 4711 allocates in two minutes and still holds; saved, too'],
    ['tracemalloc attach --port 9229 --warmup 1m --diff', 'what grows in the program whose inspector is on port 9229'],
  ]);
}

export async function run([name]: readonly string[], values: AttachValues, console: Console): Promise<number> {
  const named = targetOf(name, values);
  const { target, label } = named;
  const start = startOptions(values);
  checkPrintOptions(values);
  checkRoundOptions(values);
  checkOnRss(values);
  if (values.where !== undefined && values.mode !== 'objects') throw new UsageError('--where needs --mode objects');
  if (values.heapSnapshot !== undefined && values.mode !== 'objects') throw new UsageError('--heap-snapshot needs --mode objects');
  if (values.checkpoint !== undefined && values.output === undefined)
    throw new UsageError('--checkpoint needs -o FILE: the checkpoints are saved as FILE.checkpoint');
  if (values.onRss !== undefined && values.output === undefined)
    throw new UsageError('--on-rss needs -o FILE: the snapshot is saved as FILE.rss');
  if (values.follow) checkFollow(values);
  const mapper = sourceMapperOf(values, console);
  const output = values.output === undefined ? undefined : await claimOutput(values.output, values, console, derivedNames(values));
  const removeFormer = output === undefined ? () => {} : formerFiles(output, derivedNames(values));
  const heapFile =
    values.heapSnapshot === undefined ? null : new HeapOutput(await claimOutput(values.heapSnapshot, values, console), console);
  const pushing = pushingOf(values, { mapper, console, isHere: isOnThisMachine(named) });
  const reporting = { output, values, console, mapper, pushing };
  const interruption = firstInterruption();
  try {
    if (values.follow) return await runFollowing({ target, label }, { start, interrupted: interruption.came, removeFormer, ...reporting });
    return await whileTracing({ target, start, console }, async (tracer) => {
      const sources = output === undefined ? [] : earlierSources(tracer, { file: output, label, values, console, mapper });
      const tables = roundTablesOf(reporting);
      if (pushing && values.every === undefined) sources.push(pushing.sourceFor(tracer));
      const pause = pausesOf(tracer, { label, interrupted: interruption.came, console });
      await trace(tracer, { pause, tables, ...reporting });
      for (const source of sources) source.stop();
      const where = await tracebackOf(tracer, values.where, console);
      const { snapshot, notice, isLast } = await takeLastSnapshot(
        tracer,
        () => newest([tables?.latest ?? null, ...sources.map(({ last }) => last)]),
        heapFile?.listener,
      );
      heapFile?.save();
      pushing?.addLast(snapshot, tracer);
      const said = notice ?? (tables !== null && !tracer.isTracing() ? ENDED_NOTICE : null);
      if (said !== null) writeLines(console.err, [said]);
      if (where !== undefined) printWhere(where && originalTraceback(where, snapshot, mapper), values, console);
      const isCompared = tables?.finish(snapshot) ?? null;
      if (isCompared === false) writeLines(console.err, [NO_FIRST_NOTICE]);
      const limit = new SizeLimit(values, console);
      const shown = isCompared ? null : printStatistics(snapshot, values, printing(reporting));
      if (tables?.compared) limit.checkGrowth(tables.compared);
      else if (tables === null && shown) limit.checkTotal(shown);
      if (output !== undefined) save(snapshot, output, reporting);
      if (!isLast) return FAILED;
      for (const source of sources) source.remove();
      removeFormer();
      return isCompared === false || (values.where !== undefined && where === undefined) ? FAILED : limit.exitCode;
    });
  } finally {
    heapFile?.discard();
    interruption.ignore();
    await pushing?.end();
  }
}

/** @throws UsageError if another option is for one process */
function checkFollow(values: AttachValues): void {
  const forOne = [
    ['--diff', values.diff],
    ['--every', values.every !== undefined],
    ['--where', values.where !== undefined],
    ['--heap-snapshot', values.heapSnapshot !== undefined],
    ['--checkpoint', values.checkpoint !== undefined],
    ['--on-oom', values.onOom],
    ['--on-rss', values.onRss !== undefined],
    ['--port', values.port !== undefined],
  ] as const;
  const [given] = forOne.find(([, isGiven]) => isGiven) ?? [];
  if (given !== undefined)
    throw new UsageError(`--follow takes one snapshot of each process; ${given} is for a single process: leave it out`);
}

interface Following extends Reporting {
  readonly start: StartOptions;
  readonly interrupted: Promise<void>;
  /** Removes the files of an earlier run that were not written anew. */
  readonly removeFormer: () => void;
}

/** Traces the process and those below it. */
async function runFollowing(target: Target, { start, interrupted, removeFormer, ...reporting }: Following): Promise<number> {
  const { output, values, console, pushing } = reporting;
  const { durationMs } = timetableOf(values, values);
  const snapshot = await traceProcesses({ target, start, durationMs, output: output ?? null, interrupted, console, pushing });
  if (snapshot === null) {
    writeLines(console.err, ['there is no snapshot: none of the processes could be traced to the end']);
    return FAILED;
  }
  const limit = new SizeLimit(values, console);
  limit.checkTotal(printStatistics(snapshot, values, printing(reporting)));
  if (output !== undefined) save(snapshot, output, reporting);
  removeFormer();
  return limit.exitCode;
}

function derivedNames(values: AttachValues): DerivedNames {
  return [
    ...(values.follow ? [/^\.\d+(\.\d+)?$/] : []),
    ...(values.checkpoint === undefined ? [] : [CHECKPOINT_NAMES]),
    ...(values.onRss === undefined ? [] : [RSS_NAMES]),
    ...(hasRounds(values) ? [ROUND_NAMES] : []),
  ];
}

interface Reporting {
  /** Where to save the last snapshot; the names of the others begin with it. */
  readonly output: string | undefined;
  readonly values: AttachValues;
  readonly console: Console;
  readonly mapper: SourceMapper | null;
  readonly pushing: Pushing | null;
}

function printing({ console: { out, err, cwd }, mapper }: Reporting): Printing {
  return { stream: out, err, cwd, mapper };
}

function save(snapshot: Snapshot, path: string, { values, console, mapper }: Reporting): void {
  saveSnapshot(withEmbedded(snapshot, values, mapper), path, console);
}

/** null if only one snapshot is wanted. */
function roundTablesOf(reporting: Reporting): RoundTables | null {
  const { values } = reporting;
  return hasRounds(values) ? new RoundTables({ values, printing: printing(reporting), printsEach: values.every !== undefined }) : null;
}

interface Tracing extends Reporting {
  readonly pause: Pause;
  readonly tables: RoundTables | null;
}

/** Waits until the last snapshot is due. Takes the rounds before it if some are wanted. */
async function trace(tracer: Tracer, { pause, tables, ...reporting }: Tracing): Promise<void> {
  const { output, values, console, pushing } = reporting;
  const timetable = timetableOf(values, values);
  if (tables === null) {
    await pause(timetable.durationMs, 'the result');
    return;
  }
  const onRound = (round: Round) => {
    tables.add(round);
    pushing?.add(round.snapshot);
    if (output !== undefined) save(round.snapshot, `${output}.${round.number}`, reporting);
  };
  await takeRounds(tracer, { due: dueByTime(timetable, pause), onRound, console });
}
