import type { Command } from 'commander';
import { ConnectionLostError, UsageError } from '../../errors.js';
import type { Traceback } from '../../model/traceback.js';
import { messageOf } from '../../protocol/error-text.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { printable } from '../../text/printable.js';
import type { ObjectName } from '../../tracing/isolate/find-object.js';
import type { Closing } from '../../tracing/tracer/closing.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import { type Console, errorLine, writeLines } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { addExamples } from '../options/examples.js';
import { duration } from '../options/option-values.js';
import {
  addLossOptions,
  addTableOptions,
  addTracingOptions,
  addTreeOptions,
  type LossValues,
  type TableValues,
  type TracingValues,
  type TreeValues,
} from '../options/shared-options.js';
import { addEmbedOption, originalTraceback, sourceMapperOf, withEmbedded } from '../options/source-maps.js';
import { addTargetOptions, type TargetValues, targetOf } from '../options/target-argument.js';
import { addForceOption, claimOutput, type OutputValues } from '../output/output-file.js';
import { checkPrintOptions, HEAP_LIMIT_NOTICE, printStatistics, saveSnapshot } from '../output/print-results.js';
import { CHECKPOINT_NAMES, Checkpoints, checkpointNotice } from '../tracing/checkpoints.js';
import { whileTracing } from '../tracing/while-tracing.js';

interface AttachValues extends TracingValues, TableValues, TreeValues, TargetValues, LossValues, OutputValues {
  readonly duration?: number;
  readonly output?: string;
  readonly where?: string;
}

const FAILED = 1;
const DEFAULT_DURATION_MS = 30_000;
const TICK_MS = 1000;
const LONGEST_END_MS = 5000;
const NO_END_NOTICE = 'the program seemed to come to its end and has not ended: this is what it held then';

export function configure(command: Command): Command {
  addTargetOptions(command)
    .option('--duration <time>', 'how long to trace (default: 30s; with --on-oom until the program ends)', duration)
    .option('-o, --output <file>', 'save the snapshot as this file')
    .option(
      '--where <expression>',
      'with --mode objects: print where an object was allocated; give an expression that yields it in the target, or its id in the heap as @N',
    );
  return addExamples(addForceOption(addEmbedOption(addTreeOptions(addTableOptions(addLossOptions(addTracingOptions(command)))))), [
    ['tracemalloc attach 4711', 'what process 4711 allocates in 30 seconds and still holds'],
    [
      'tracemalloc attach --port 9229 --duration 2m -o app.tmsnap',
      'the program whose inspector is on port 9229, for two minutes; the snapshot is saved',
    ],
  ]);
}

export async function run([name]: readonly string[], values: AttachValues, console: Console): Promise<number> {
  const { target, label } = targetOf(name, values);
  checkPrintOptions(values);
  if (values.where !== undefined && values.mode !== 'objects') throw new UsageError('--where needs --mode objects');
  if (values.checkpoint !== undefined && values.output === undefined)
    throw new UsageError('--checkpoint needs -o FILE: the checkpoints are saved as FILE.checkpoint');
  const mapper = sourceMapperOf(values, console);
  const derived = values.checkpoint === undefined ? [] : [CHECKPOINT_NAMES];
  const output = values.output === undefined ? undefined : await claimOutput(values.output, values, console, derived);
  const interruption = firstInterruption();
  try {
    return await whileTracing({ target, values, console }, async (tracer) => {
      const checkpoints = checkpointsOf(tracer, values, { output, console, mapper });
      await tracing(tracer, durationOf(values), { label, interrupted: interruption.came, console });
      checkpoints?.stop();
      const where = await tracebackOf(tracer, values.where, console);
      const { snapshot, notice, isLast } = await resultOf(tracer, checkpoints);
      if (notice !== null) writeLines(console.err, [notice]);
      if (where !== undefined) printWhere(where && originalTraceback(where, snapshot, mapper), values, console);
      printStatistics(snapshot, values, { stream: console.out, cwd: console.cwd, mapper });
      if (output !== undefined) saveSnapshot(withEmbedded(snapshot, values, mapper), output, console);
      if (!isLast) return FAILED;
      checkpoints?.remove();
      return values.where !== undefined && where === undefined ? FAILED : 0;
    });
  } finally {
    interruption.ignore();
  }
}

/**
 * Where the object of `--where` was allocated; null if that was before the tracing began. A wrong expression is reported and gives undefined,
 * so that the table is still printed.
 */
async function tracebackOf(tracer: Tracer, expression: string | undefined, { err }: Console): Promise<Traceback | null | undefined> {
  if (expression === undefined) return undefined;
  try {
    return await tracer.getObjectTraceback(objectName(expression));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    writeLines(err, [errorLine(error)]);
    return undefined;
  }
}

/** `@123` is the id of a heap object, as DevTools shows it. No JavaScript expression begins with `@` and a digit. */
function objectName(text: string): ObjectName {
  const id = /^@(\d+)$/.exec(text.trim())?.[1];
  return id === undefined ? text : { heapObjectId: Number(id) };
}

function printWhere(traceback: Traceback | null, { where, json }: AttachValues, { out, err }: Console): void {
  const lines = traceback ? traceback.format() : ['  before the tracing began'];
  writeLines(json ? err : out, [`${printable(where!)} was allocated`, ...lines.map(printable), '']); // with --json, stdout holds one document: the table
}

interface Outcome {
  readonly snapshot: Snapshot;
  /** One line for the user; null if there is nothing to say. */
  readonly notice: string | null;
  /** false: the snapshot is a checkpoint, because no later one could be taken. */
  readonly isLast: boolean;
}

/**
 * Takes the last snapshot. If the program has ended meanwhile, gives what was alive at its end, or else the last checkpoint.
 *
 * @throws ConnectionLostError if the program has ended and left neither
 */
async function resultOf(tracer: Tracer, checkpoints: Checkpoints | null): Promise<Outcome> {
  try {
    if (tracer.isTracing()) return { snapshot: await tracer.takeSnapshot(), notice: null, isLast: true };
  } catch (failure) {
    const isOver = failure instanceof ConnectionLostError || !tracer.isTracing();
    if (!isOver) throw failure; // otherwise the program has just come to its end
  }
  const { snapshot, atHeapLimit, error, reason, isEnded } = await closingOf(tracer);
  if (snapshot) return { snapshot, notice: atHeapLimit ? HEAP_LIMIT_NOTICE : isEnded ? null : NO_END_NOTICE, isLast: true };
  const checkpoint = checkpoints?.last;
  if (checkpoint) return { snapshot: checkpoint, notice: checkpointNotice(checkpoint, error ? messageOf(error) : reason), isLast: false };
  throw error ?? new ConnectionLostError(`the target is gone before its result could be taken: ${reason}`);
}

/** Waits for the end of the program. A program that seemed to end may run on: then we leave it after a few seconds. */
async function closingOf(tracer: Tracer): Promise<Closing & { readonly isEnded: boolean }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), LONGEST_END_MS);
  });
  const isEnded = await Promise.race([tracer.closed.then(() => true), late]);
  clearTimeout(timer);
  if (!isEnded) await tracer.close();
  return { ...(await tracer.closed), isEnded };
}

function checkpointsOf(
  tracer: Tracer,
  values: AttachValues,
  { output, console, mapper }: { readonly output: string | undefined; readonly console: Console; readonly mapper: SourceMapper | null },
): Checkpoints | null {
  const { checkpoint: everyMs } = values;
  if (everyMs === undefined) return null;
  return new Checkpoints(tracer, output!, {
    everyMs,
    save: (snapshot, path) => withEmbedded(snapshot, values, mapper).dump(path, { followLinks: false }),
    console,
  });
}

/** In ms. With --on-oom and no --duration we trace until the program ends. */
function durationOf({ duration, onOom }: AttachValues): number {
  return duration ?? (onOom ? Number.POSITIVE_INFINITY : DEFAULT_DURATION_MS);
}

interface Watching {
  readonly label: string;
  readonly interrupted: Promise<void>;
  readonly console: Console;
}

/** Resolves when the time is up, the user interrupts, or the target is gone. Shows the time left if `err` is a terminal. */
async function tracing(tracer: Tracer, durationMs: number, { label, interrupted, console: { err } }: Watching): Promise<void> {
  const end = performance.now() + durationMs;
  const show = () => {
    const left = Number.isFinite(end) ? `: ${Math.max(0, Math.ceil((end - performance.now()) / 1000))} s left` : '';
    if (err.isTTY) err.write(`\r\x1b[Ktracing ${label}${left}, Ctrl-C for the result now`);
  };
  show();
  const ticks = setInterval(show, TICK_MS);
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise((resolve) => {
    if (Number.isFinite(durationMs)) timer = setTimeout(resolve, durationMs);
  });
  await Promise.race([timeUp, interrupted, tracer.closed]);
  clearTimeout(timer);
  clearInterval(ticks);
  if (err.isTTY) err.write('\r\x1b[K');
}
