import type { CaptureInfo } from '../../src/model/trace-columns.js';
import { Series } from '../../src/series/series.js';
import type { Verdict } from '../../src/series/verdict.js';
import type { TraceInput } from '../../src/snapshot/from-traces.js';
import { Snapshot } from '../../src/snapshot/snapshot.js';
import { seededRandom } from './random.js';

/** A block of a simulated program. */
export interface Block {
  readonly birth: number;
  readonly size: number;
  readonly line: number;
  readonly thread?: string;
  readonly label?: string;
}

/** One round's snapshot of the blocks that are alive. By default every block has its own trace. */
export function snapshotOf(alive: readonly Block[], capture: Partial<CaptureInfo> = {}): Snapshot {
  return roundOf(
    alive.map(({ birth, size, line, thread = 'main', label = '' }) => ({
      birth,
      size,
      thread,
      label,
      frames: [
        ['/app/main.js', 1],
        ['/app/main.js', line],
      ],
    })),
    capture,
  );
}

/** One round's snapshot of traces with their births, all of one tracing. */
export function roundOf(traces: readonly (TraceInput & { readonly birth: number })[], capture: Partial<CaptureInfo> = {}): Snapshot {
  const bare = Snapshot.fromTraces(traces.map(({ birth: _, ...trace }) => trace));
  const columns = { ...bare.columns, birth: Float64Array.from(traces, ({ birth }) => birth) };
  const { lastBirths: _, ...parts } = bare;
  return new Snapshot({
    ...parts,
    columns,
    capture: { ...bare.capture, mode: 'exact', interval: 1, tracing: 'one', time: '2024-01-01T00:00:00.000Z', ...capture },
  });
}

/** A program's blocks die by the rule of its kind. */
export interface Source {
  /** Blocks that it makes in a round. */
  readonly blocks: (round: number) => number;
  /** The number of further rounds that a block lives. */
  readonly lives: (round: number) => number;
  /** Bytes of a block; default 64. */
  readonly size?: (round: number) => number;
  /** The line that makes them; default 2. */
  readonly line?: (round: number) => number;
}

export interface Shape {
  readonly rounds: number;
  /** Rounds that run before the first snapshot. They have negative numbers. */
  readonly before?: number;
}

/** Makes the sources of one run. `draw` gives a number of samples for their mean. */
export type Program = (draw: (mean: number) => number) => readonly Source[];

/** What V8 and Node allocate when code runs for the first time or becomes hot: in each round at other places, and never freed. */
export function firstUse(blocks: (round: number) => number): Source {
  return { blocks, lives: () => Number.POSITIVE_INFINITY, line: (round) => 100 + round };
}

/** The table of a collection that gets an entry for each kept block. It doubles after rounds 1, 3 and 7, and has half the bytes of the blocks or as much. */
export function doublingTable(bytesOfRound: number): Source {
  const lives: Readonly<Record<number, number>> = { 0: 1, 2: 1, 4: 3, 8: 7 };
  return {
    blocks: (round) => (round in lives ? 1 : 0),
    lives: (round) => lives[round]!,
    size: (round) => bytesOfRound * Math.max(2, round),
  };
}

export const INTERVAL = 32_768;

/** The blocks that are alive in each round. All are made in one file. */
export function aliveByRound(sources: readonly Source[], { rounds, before = 0 }: Shape): Block[][] {
  let birth = 0;
  let alive: (Block & { readonly dies: number })[] = [];
  const result: Block[][] = [];
  for (let round = -before; round < rounds; round++) {
    alive = alive.filter(({ dies }) => dies >= round);
    for (const { blocks, lives, size = () => 64, line = () => 2 } of sources) {
      for (let i = blocks(round); i > 0; i--)
        alive.push({ birth: ++birth, line: line(round), size: size(round), dies: round + lives(round) });
    }
    if (round >= 0) result.push([...alive]);
  }
  return result;
}

/** The share of samplings of one program with each verdict. Every block stands for 512 blocks of 64 bytes, or for itself if it is large. */
export function shares(program: Program, shape: Shape, runs = 200): (verdict: Verdict) => number {
  const random = seededRandom(7);
  const draw = (mean: number) => poisson(mean, random);
  const found = new Map<Verdict, number>();
  for (let run = 0; run < runs; run++) {
    const alive = aliveByRound(program(draw), shape);
    const verdict = Series.of(alive.map(sampled)).growth('filename')[0]?.verdict ?? 'noise';
    found.set(verdict, (found.get(verdict) ?? 0) + 1 / runs);
  }
  return (verdict: Verdict) => found.get(verdict) ?? 0;
}

function sampled(alive: readonly Block[]): Snapshot {
  const bare = snapshotOf(
    alive.map((block) => ({ ...block, size: Math.max(block.size, INTERVAL) })),
    { mode: 'sampling', interval: INTERVAL },
  );
  return new Snapshot({
    ...bare,
    columns: { ...bare.columns, count: Uint32Array.from(bare.columns.size, (size) => (size > INTERVAL ? 1 : 512)) },
  });
}

function poisson(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}
