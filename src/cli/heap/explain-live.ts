import { ConnectionLostError, UsageError } from '../../errors.js';
import type { Explanation, WhyOptions } from '../../heap-graph/paths/explain.js';
import { parseWhat } from '../../heap-graph/paths/what.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import type { Console } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { type TargetValues, targetOf } from '../options/target-argument.js';
import { pausesOf } from '../tracing/pause.js';
import { whileTracing } from '../tracing/while-tracing.js';
import { originalPlaces } from './map-places.js';

/** Options for a process, beside those for a file. */
export interface LiveValues extends TargetValues {
  /** How long objects are traced before the snapshot, in ms. Default: 5 s. */
  readonly for?: number;
  /** undefined: only if a place is asked for. */
  readonly lines?: boolean;
  readonly yes?: true;
  readonly takeOver?: true;
}

interface Asking extends WhyOptions {
  readonly name: string | undefined;
  readonly what: string;
  readonly mapper: SourceMapper | null;
  readonly console: Console;
}

const DEFAULT_TIME_MS = 5000;
const ENDED =
  'the program ended while its objects were traced; ask sooner with --for 1s, or have it write a heap snapshot (v8.writeHeapSnapshot()) and ask that file';
/** The newest frame of the program itself may stand below many of Node's. */
const ALL_FRAMES = 128;

/** @throws UsageError for options that need a process */
export function checkFileOptions({ for: time, lines, takeOver, yes, pid, port }: LiveValues): void {
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

/** Traces a process for a while, takes one snapshot, and leaves the process as it was. @throws UsageError if there is no such object */
export async function explainLive(values: LiveValues, { name, what, mapper, console, ...options }: Asking): Promise<Explanation> {
  const { target, label } = targetOf(name, values);
  const lines = values.lines ?? parseWhat(what).kind === 'place';
  const start: StartOptions = {
    mode: 'objects',
    nframe: ALL_FRAMES,
    lines,
    yes: values.yes === true,
    ...(values.takeOver && { force: true }),
  };
  const interruption = firstInterruption();
  try {
    return await whileTracing({ target, start, console }, async (tracer) => {
      const pause = pausesOf(tracer, { label, interrupted: interruption.came, console });
      await pause(values.for ?? DEFAULT_TIME_MS, 'the answer');
      if (!tracer.isTracing()) throw new ConnectionLostError(ENDED);
      return await tracer.why(what, { ...options, originalPlaces: ({ sourceMaps }) => originalPlaces(mapper, sourceMaps) });
    });
  } finally {
    interruption.ignore();
  }
}
