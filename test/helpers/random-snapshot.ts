import { Snapshot } from '../../src/snapshot/snapshot.js';
import { randomBelow, seededRandom } from './random.js';

const FILES = ['/app/a.js', '/app/b.js', '/app/node_modules/x/index.js', '/app/node_modules/@y/z/index.js', 'node:fs', '<GC>'];
const SAMPLES = 600;

/** The number of traces of each snapshot, at most. */
const WINDOW = SAMPLES - 150;

interface RandomOptions {
  /** The traces before it have died. */
  readonly from: number;
  readonly interval: number;
  readonly without?: string;
}

/** Has recursion, several threads, types, domains and labels, and truncated stacks. The snapshots of one seed are of one tracing. @param without a thread that could not be asked */
export function randomSnapshot(seed: number, { from, interval, without }: RandomOptions): Snapshot {
  const random = seededRandom(seed);
  const pick = <T>(values: readonly T[]) => values[randomBelow(random, values.length)]!;
  const all = Array.from({ length: SAMPLES }, (_, index) => {
    const depth = 1 + randomBelow(random, 7);
    return {
      size: 8 * (2 + randomBelow(random, 400)) * (index % 3 ? 1 : 4),
      count: index % 3 ? 1 : 4,
      domain: pick([0, 0, 1]),
      thread: pick(['main', 'worker 1']),
      type: pick(['', 'Point', '(string)']),
      label: pick(['', 'GET /users/:id', 'nightly report']),
      totalFrames: depth + (index % 5 === 0 ? 3 : 0),
      frames: Array.from({ length: depth }, () => {
        const line = 1 + randomBelow(random, 6);
        return {
          filename: pick(FILES),
          lineno: line,
          column: 1 + (line % 2),
          functionName: pick(['', 'f', 'g']),
          precision: pick(['line', 'function'] as const),
        };
      }),
    };
  });
  const kept = all
    .map((trace, birth) => ({ trace, birth }))
    .slice(from, from + WINDOW)
    .filter(({ trace }) => trace.thread !== without);
  const bare = Snapshot.fromTraces(kept.map(({ trace }) => trace));
  const capture = { ...bare.capture, mode: 'sampling' as const, interval, tracing: 'one' };
  return new Snapshot({ ...bare, capture, columns: { ...bare.columns, birth: Float64Array.from(kept, ({ birth }) => birth) } });
}
