import { StackTableBuilder } from '../../src/model/stack-table.js';
import { Snapshot } from '../../src/snapshot/snapshot.js';
import type { Profile } from '../../src/store/store.js';
import { randomBelow, seededRandom } from './random.js';

/** What one line of a simulated service does. Means are of a process with usual traffic. */
export type Line =
  /** Blocks come and go: so many samples on average, each of which lives so many hours on average. */
  | { readonly kind: 'turnover'; readonly samples: number; readonly hours: number }
  /** Never freed: bytes an hour. */
  | { readonly kind: 'leak'; readonly rate: number }
  /** Fills up to so many samples, and has most of them after so many hours. */
  | { readonly kind: 'cache'; readonly samples: number; readonly hours: number }
  /** All of it is made in the first hours, evenly, and stays. */
  | { readonly kind: 'warm-up'; readonly samples: number; readonly hours: number };

export interface SimulatedRelease {
  readonly release: string;
  readonly processes: number;
  /** Line i stands in `/app/service.js` at line i + 1, in the function `fI`. */
  readonly lines: readonly Line[];
}

export interface SimulatedService {
  readonly service: string;
  readonly seed: number;
  readonly startMs: number;
  /** Of each process. */
  readonly profiles: number;
  readonly everyMs: number;
  /** Callers of each line: so many different stacks lead to it. Default 1. */
  readonly stacks?: number;
  /** Frames of each stack. Default 2. */
  readonly depth?: number;
  /** The part of the processes that start again in the middle, with nothing. */
  readonly restarting?: number;
  readonly releases: readonly SimulatedRelease[];
}

/** Mean bytes between two samples. A block of 64 bytes is sampled once in 512. */
export const INTERVAL = 32_768;
const BLOCKS = 512;
const MS_PER_HOUR = 3_600_000;

/** The traffic of process i, as a factor: from 0.5 to 1.5. */
export function trafficOf(process: number): number {
  return 0.5 + ((process * 7) % 11) / 10;
}

/** What V8 would sample in each process: one trace for each sample. Each process has its own traffic. */
export function* simulateService(service: SimulatedService): Generator<Profile> {
  for (const release of service.releases)
    for (let process = 0; process < release.processes; process++) yield* simulateProcess(service, release, process);
}

function* simulateProcess(service: SimulatedService, release: SimulatedRelease, process: number): Generator<Profile> {
  const random = seededRandom(service.seed * 1_000_003 + process * 7919 + release.release.length);
  const table = tableOf(service, release.lines.length);
  const { stacks = 1, profiles, everyMs, startMs } = service;
  const restartsAt = process < (service.restarting ?? 0) * release.processes ? profiles >> 1 : -1;
  let tracing = 0;
  let samples: number[][] = release.lines.map(() => []);
  let [fromStart, hours] = [0, 0];
  for (let round = 0; round < profiles; round++) {
    if (round === restartsAt) {
      samples = release.lines.map(() => []);
      tracing++;
      fromStart = 0;
    }
    // a profile comes some seconds sooner or later, and a process has run for a while before its first
    const step = (everyMs * (round === 0 ? 0.5 : 0.9 + 0.2 * random())) / MS_PER_HOUR;
    for (const [i, line] of release.lines.entries())
      samples[i] = after(samples[i]!, line, { fromStart, step, traffic: trafficOf(process), stacks, random });
    fromStart += step;
    hours += step;
    const time = new Date(startMs + hours * MS_PER_HOUR).toISOString();
    yield {
      identity: {
        service: service.service,
        release: release.release,
        host: `host-${process >> 2}`,
        pid: 1000 + process,
        instance: '',
        attributes: { 'k8s.pod.name': `pod-${process}` },
      },
      snapshot: snapshotOf(samples, { table, stacks, time, pid: 1000 + process, tracing: `${release.release}-${process}-${tracing}` }),
    };
  }
}

interface Step {
  readonly fromStart: number;
  /** Hours. */
  readonly step: number;
  readonly traffic: number;
  readonly stacks: number;
  readonly random: () => number;
}

/** The samples of one line after a step, each with the stack that made it. */
function after(before: readonly number[], line: Line, { fromStart, step, traffic, stacks, random }: Step): number[] {
  const born = (mean: number) => Array.from({ length: poisson(mean, random) }, () => randomBelow(random, stacks));
  if (line.kind === 'leak') return [...before, ...born((line.rate * traffic * step) / INTERVAL)];
  if (line.kind === 'turnover') {
    const survive = fromStart === 0 ? 0 : Math.exp(-step / line.hours);
    return [...before.filter(() => random() < survive), ...born(line.samples * traffic * (1 - survive))];
  }
  const filled = (time: number) => (line.kind === 'cache' ? 1 - Math.exp((-3 * time) / line.hours) : Math.min(1, time / line.hours));
  return [...before, ...born(line.samples * traffic * (filled(fromStart + step) - filled(fromStart)))];
}

function tableOf({ stacks = 1, depth = 2 }: SimulatedService, lines: number) {
  const table = new StackTableBuilder();
  const file = table.filename('/app/service.js');
  for (let line = 0; line < lines; line++) {
    for (let stack = 0; stack < stacks; stack++) {
      const location = (lineno: number, name: string) =>
        table.location({ file, lineno, column: 3, name: table.functionName(name), isLine: true });
      const callers = Array.from({ length: depth - 1 }, (_, at) => location(10_000 + 100 * at + ((stack + at) % 7), `caller${at}`));
      const frames = [...callers, location(20_000 + stack, `from${stack}`), location(line + 1, `f${line}`)].slice(-Math.max(depth, 2));
      table.traceback(frames, 0, frames.length, frames.length);
    }
  }
  return table.build();
}

interface Taken {
  readonly table: ReturnType<typeof tableOf>;
  readonly stacks: number;
  readonly time: string;
  readonly pid: number;
  readonly tracing: string;
}

function snapshotOf(samples: readonly (readonly number[])[], { table, stacks, time, pid, tracing }: Taken): Snapshot {
  const traceback = Uint32Array.from(samples.flatMap((ofLine, line) => ofLine.map((stack) => line * stacks + stack)));
  const { length } = traceback;
  return new Snapshot({
    table,
    columns: {
      length,
      traceback,
      size: new Float64Array(length).fill(INTERVAL),
      count: new Uint32Array(length).fill(BLOCKS),
      domain: null,
      thread: null,
      type: null,
      label: null,
      birth: null,
    },
    threads: ['main'],
    types: [],
    labels: [],
    tracebackLimit: 64,
    capture: {
      mode: 'sampling',
      interval: INTERVAL,
      time,
      tracing,
      target: { pid, title: 'service', nodeVersion: 'v24.0.0' },
      heap: null,
      precision: 'line',
    },
  });
}

/** Sums of a Poisson distribution; by its normal limit if the mean is large. */
function poisson(mean: number, random: () => number): number {
  if (mean > 50) {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  }
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
