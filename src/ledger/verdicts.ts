import type { Ledger, LedgerVerdict } from './ledger.js';
import type { LedgerKind } from './ledger-rows.js';

/** Two readings for each third of the time. */
const LEAST_LEDGERS = 6;
/** A kind grows if its lowest reading of the last third is above that of the first by this, and by this share of the resident memory, */
const LEAST_GROWTH = 4 * 2 ** 20;
const LEAST_SHARE = 0.02;
/** and above that of the second third by this share of the growth: a step, such as a cache that was filled, is no growth. */
const LEAST_OF_LATE = 0.2;
/** malloc alone grows if all other kinds together grow by less than this share of it. */
const FLAT = 0.5;

/** The binary only grows as more of it is used. */
type Judged = Exclude<LedgerKind, 'binary'>;

const ADVICE: Readonly<Record<Judged, string>> = {
  heap: 'the heap grows: tracemalloc leaks TARGET says whether it leaks, and on which lines; what is garbage is collected by then',
  'array-buffers': 'ArrayBuffers and Buffers grow: tracemalloc why --buffers TARGET says who holds them',
  'external-strings': 'external strings grow: tracemalloc why --buffers TARGET says who holds them',
  wasm: 'memories of WebAssembly grow, and never shrink: tracemalloc why --buffers TARGET says who holds them',
  native:
    'native objects that V8 knows of grow: look for handles that are never closed; tracemalloc why --buffers TARGET names what holds them',
  stacks: 'stacks grow: more threads or deeper recursion; tracemalloc list shows the workers of the process',
  code: 'compiled code grows: look for new Function, eval, vm.Script and modules that are loaded again and again',
  libraries: 'libraries grow: addons are loaded again and again, such as in workers',
  'mapped-files': 'mapped files grow: a database or addon maps more of its files; the kernel takes that memory back when it needs it',
  malloc: 'addons, OpenSSL, zlib and the like hold more, and neither V8 nor Node knows of it',
};
const KINDS = Object.keys(ADVICE) as Judged[];
const FRAGMENTED =
  'the rest grows while all else is flat: an addon leaks, or malloc keeps what was freed (fragmentation). Start the program with MALLOC_ARENA_MAX=2, or with another allocator (LD_PRELOAD of jemalloc): if it still grows, it is an addon';

/**
 * Which kinds of memory grow, the one that grows most first.
 *
 * @param ledgers of one process, the oldest first; with fewer than six of them there is no verdict
 */
export function ledgerVerdicts(ledgers: readonly Ledger[]): LedgerVerdict[] {
  if (ledgers.length < LEAST_LEDGERS) return [];
  const changes = KINDS.map((kind) => changeOf(kind, ledgers));
  const least = Math.max(LEAST_GROWTH, LEAST_SHARE * ledgers[0]!.rss);
  return changes
    .filter(({ growth, error, late }) => growth - error >= least && late >= LEAST_OF_LATE * growth)
    .sort((a, b) => b.growth - a.growth)
    .map(({ kind, growth }) => {
      const others = changes.reduce((sum, other) => sum + (other.kind === kind ? 0 : Math.max(0, other.growth)), 0);
      const isAlone = kind === 'malloc' && others < FLAT * growth;
      return { kind, growth, advice: isAlone ? FRAGMENTED : ADVICE[kind] };
    });
}

interface Change {
  readonly kind: Judged;
  /** From the lowest reading of the first third to that of the last: between collections of garbage, a heap goes up and down. */
  readonly growth: number;
  /** From the second third to the last. */
  readonly late: number;
  /** By how much the growth can be wrong. */
  readonly error: number;
}

function changeOf(kind: Judged, ledgers: readonly Ledger[]): Change {
  const third = Math.floor(ledgers.length / 3);
  const lowestOf = (from: number, to: number) =>
    ledgers
      .slice(from, to)
      .map(({ rows }) => totalOfKind(rows, kind))
      .reduce((lowest, each) => (each.bytes < lowest.bytes ? each : lowest));
  const first = lowestOf(0, third);
  const second = lowestOf(third, ledgers.length - third);
  const last = lowestOf(ledgers.length - third, ledgers.length);
  return {
    kind,
    growth: last.bytes - first.bytes,
    late: last.bytes - second.bytes,
    error: Math.abs(last.error - first.error),
  };
}

interface KindTotal {
  readonly bytes: number;
  readonly error: number;
}

/** The sum over all threads. */
function totalOfKind(rows: Ledger['rows'], kind: Judged): KindTotal {
  const own = rows.filter((row) => row.kind === kind);
  return {
    bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
    error: Math.max(0, ...own.map(({ error = 0 }) => error)),
  };
}
