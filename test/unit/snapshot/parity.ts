import { DomainFilter, Filter } from '../../../src/snapshot/filter.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import type { KeyType } from '../../../src/snapshot/statistics/key-type.js';
import type { Statistic } from '../../../src/snapshot/statistics/statistic.js';
import { compilePattern } from '../../../src/text/fnmatch.js';
import { formatSize } from '../../../src/text/size-format.js';
import { randomBelow, seededRandom } from '../../helpers/random.js';

type TraceRow = [domain: number, size: number, frames: [string, number][]];
type FilterRow =
  | [kind: 'filter', inclusive: boolean, pattern: string, lineno: number | null, allFrames: boolean, domain: number | null]
  | [kind: 'domain', inclusive: boolean, domain: number];

/** Input of fixtures/parity/tracemalloc_parity.py. */
export interface ParityCase {
  limit: number;
  old: TraceRow[];
  new: TraceRow[];
  filters: FilterRow[][];
  sizes: number[];
  names: string[];
  patterns: string[];
}

const FILES = [
  '/app/main.js',
  '/app/lib/a.js',
  '/app/lib/b.js',
  '/app/lib/[x].js',
  '/app/é.js',
  '/app/\u{10000}.js',
  '/app/\uffff.js',
  'node:fs',
];
const PATTERNS = ['*', '*.js', '/app/*', '/app/?.js', '*/lib/[ab].js', '*/lib/[!a].js', '*[[]x].js', 'node:*', '', '*/\uffff*', '[a-'];

export function randomCase(seed: number): ParityCase {
  const random = seededRandom(seed);
  const below = (limit: number) => randomBelow(random, limit);
  const pick = <T>(from: readonly T[]) => from[below(from.length)]!;
  const stacks = Array.from({ length: 12 }, () => randomStack(below));
  // Few sizes and few stacks, because only ties of size, of count and of both tell sort orders apart.
  const traces = (): TraceRow[] => Array.from({ length: below(60) }, () => [below(3), 8 * below(6), pick(stacks)]);
  const filter = (): FilterRow =>
    below(4) === 0
      ? ['domain', below(2) === 0, below(3)]
      : ['filter', below(2) === 0, pick(PATTERNS), below(3) ? null : 1 + below(3), below(2) === 0, below(3) ? null : below(3)];
  const text = (alphabet: string, length: number) => Array.from({ length }, () => pick([...alphabet])).join('');
  return {
    limit: 4,
    old: traces(),
    new: traces(),
    filters: Array.from({ length: 20 }, () => Array.from({ length: below(4) }, filter)),
    // First exact ties, which Python rounds to even: halves of a byte, quarters of a unit.
    sizes: [0, 0.5, 1.5, 2.5, -0.5, -2.5, 10.25 * 1024, 10.75 * 1024, -10.25 * 1024, 99.75 * 1024, 10240, 10239.5].concat(
      Array.from({ length: 40 }, () => (below(2) ? 1 : -1) * Math.floor(2 ** (random() * 60)) * pick([1, 0.5, 0.25, 0.05])),
    ),
    names: Array.from({ length: 30 }, () => text('ab-!]^[\\&\u{1f600}', below(6))),
    patterns: Array.from({ length: 200 }, () => text('ab-!]^[\\&*?\u{1f600}[[--]', below(10))),
  };
}

/** Has every file at most once, so that cumulative statistics count the same as CPython's. */
function randomStack(below: (limit: number) => number): [string, number][] {
  const files = [...FILES];
  return Array.from({ length: 1 + below(4) }, () => [files.splice(below(files.length), 1)[0]!, 1 + below(3)]);
}

const KEYS: readonly [KeyType, { cumulative: boolean }][] = [
  ['filename', { cumulative: false }],
  ['lineno', { cumulative: false }],
  ['traceback', { cumulative: false }],
  ['filename', { cumulative: true }],
  ['lineno', { cumulative: true }],
];

/** Our answer to a case, in the form of CPython's answer. */
export function answerCase(input: ParityCase) {
  const [old, now] = [input.old, input.new].map((rows) =>
    Snapshot.fromTraces(rows.map(([domain, size, frames]) => ({ domain, size, frames }))),
  );
  return {
    statistics: KEYS.map(([key, options]) => now!.statistics(key, options).map(rowOf)),
    diffs: KEYS.map(([key, options]) =>
      now!.compareTo(old!, key, options).map((diff) => {
        const { size, sizeDiff, count, countDiff } = diff;
        return [String(diff), size, sizeDiff, count, countDiff, framesOf(diff)];
      }),
    ),
    filtered: input.filters.map((filters) => now!.filterTraces(filters.map(filterOf)).statistics('traceback').map(rowOf)),
    sizes: input.sizes.map((size) => [formatSize(size), formatSize(size, true)]),
    matches: input.patterns.map((pattern) => input.names.map(compilePattern(pattern))),
    errors: [messageOf(() => now!.statistics('x' as KeyType)), messageOf(() => now!.statistics('traceback', { cumulative: true }))],
  };
}

function filterOf(row: FilterRow): Filter | DomainFilter {
  if (row[0] === 'domain') return new DomainFilter(row[1], row[2]);
  const [, inclusive, pattern, lineno, allFrames, domain] = row;
  return new Filter(inclusive, pattern, { allFrames, ...(lineno === null ? {} : { lineno }), ...(domain === null ? {} : { domain }) });
}

function framesOf({ traceback }: Statistic) {
  return traceback.frames.map(({ filename, lineno }) => [filename, lineno]);
}

function rowOf(statistic: Statistic) {
  return [String(statistic), statistic.size, statistic.count, framesOf(statistic)];
}

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
