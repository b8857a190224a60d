import { ConnectionLostError, UsageError } from '../../errors.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import type { Tracer } from '../../tracing/tracer/tracer.js';
import type { Console } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { type TargetValues, targetOf } from '../options/target-argument.js';
import { pausesOf } from '../tracing/pause.js';
import { whileTracing } from '../tracing/while-tracing.js';

/** Options for a process, beside those for a file. */
export interface ProcessValues extends TargetValues {
  /** How long objects are traced before the snapshot, in ms. Default: 5 s. */
  readonly for?: number;
  readonly lines?: boolean;
  readonly yes?: true;
  readonly takeOver?: true;
}

interface Asking {
  readonly name: string | undefined;
  /** false: the heap is asked at once, and no link has a place. */
  readonly tracesObjects: boolean;
  readonly console: Console;
}

const DEFAULT_TIME_MS = 5000;
const ENDED =
  'the program ended while its objects were traced; ask sooner with --for 1s, or have it write a heap snapshot (v8.writeHeapSnapshot()) and ask that file';
/** The newest frame of the program itself may stand below many of Node's. */
const ALL_FRAMES = 128;

/** @throws UsageError for options that need a process */
export function checkFileOptions({ for: time, lines, takeOver, yes, pid, port }: ProcessValues): void {
  const given = Object.entries({
    '--for': time,
    [lines === false ? '--no-lines' : '--lines']: lines,
    '--take-over': takeOver,
    '--yes': yes,
    '--pid': pid,
    '--port': port,
  }).filter(([, value]) => value !== undefined);
  if (given.length === 0) return;
  throw new UsageError(`${given.map(([option]) => option).join(', ')} is for a process, and a heap snapshot is a file; leave it out`);
}

/** Traces the objects of a process for a while if that is wanted, asks, and leaves the process as it was. */
export async function askProcess<Answer>(
  values: ProcessValues,
  { name, tracesObjects, console }: Asking,
  ask: (tracer: Tracer) => Promise<Answer>,
): Promise<Answer> {
  const { target, label } = targetOf(name, values);
  const start: StartOptions = {
    ...(tracesObjects && { mode: 'objects', nframe: ALL_FRAMES, lines: values.lines === true }),
    yes: values.yes === true,
    ...(values.takeOver && { force: true }),
  };
  const interruption = firstInterruption();
  try {
    return await whileTracing({ target, start, console }, async (tracer) => {
      const pause = pausesOf(tracer, { label, interrupted: interruption.came, console });
      if (tracesObjects) await pause(values.for ?? DEFAULT_TIME_MS, 'the answer');
      if (!tracer.isTracing()) throw new ConnectionLostError(ENDED);
      return await ask(tracer);
    });
  } finally {
    interruption.ignore();
  }
}
