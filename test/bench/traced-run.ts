import { attach } from '../../src/tracing/attach/attach.js';
import type { StartOptions } from '../../src/tracing/tracer/start-options.js';
import type { Tracer } from '../../src/tracing/tracer/tracer.js';
import { startTarget, type TargetProcess } from '../helpers/target-process.js';
import { interleavedMedians, median } from './measure.js';

/** Times in ms. */
export interface Took {
  readonly clock: number;
  readonly cpu: number;
}

/** Medians of several runs, in ms. */
export interface Measurement extends Took {
  readonly leastCpu: number;
}

interface Program {
  readonly file: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  /** Called before the program begins its work. */
  readonly trace?: (target: TargetProcess) => Promise<Tracer>;
}

/** Runs a program that waits for a line on stdin, with its inspector open, and returns the times that it prints. */
export async function runTraced({ file, args = [], execArgv = [], trace }: Program): Promise<Took> {
  const target = await startTarget({ execPath: process.execPath, file, args, execArgv, ready: true });
  try {
    const tracer = await trace?.(target);
    target.child.stdin.write('go\n');
    await target.exited;
    await tracer?.closed;
    return tookOf(target.stdout());
  } finally {
    await target.kill();
  }
}

export function tookOf(stdout: string): Took {
  const [, clock, cpu] = /took (\S+) (\S+)/.exec(stdout) ?? [];
  return { clock: Number(clock), cpu: Number(cpu) };
}

export function tracedWith(options?: StartOptions): (target: TargetProcess) => Promise<Tracer> {
  return async ({ port }) => {
    const tracer = await attach(port);
    await tracer.start(options);
    return tracer;
  };
}

/** Measures all programs in turn. One more round before the `rounds` is not counted. */
export async function measureInTurn<Name extends string>(
  runs: Readonly<Record<Name, () => Promise<Took>>>,
  rounds: number,
): Promise<Record<Name, Measurement>> {
  const names = Object.keys(runs) as Name[];
  const cpu = new Map<Name, number[]>(names.map((name) => [name, []]));
  const byClock = names.map((name) => {
    const measure = async (): Promise<number> => {
      const took = await runs[name]();
      cpu.get(name)!.push(took.cpu);
      return took.clock;
    };
    return [name, measure] as const;
  });
  const clock = await interleavedMedians(Object.fromEntries(byClock) as Record<Name, () => Promise<number>>, rounds);
  const measured = names.map((name) => {
    const [, ...times] = cpu.get(name)!;
    return [name, { clock: clock[name], cpu: median(times), leastCpu: Math.min(...times) }] as const;
  });
  return Object.fromEntries(measured) as Record<Name, Measurement>;
}
