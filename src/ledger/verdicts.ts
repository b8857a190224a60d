import type { Ledger, LedgerVerdict } from './ledger.js';
import type { LedgerKind } from './ledger-rows.js';

/** Two readings for each third of the time. */
const LEAST_LEDGERS = 6;
/** In bytes. Less growth than this is not worth a verdict. */
const LEAST_GROWTH = 4 * 2 ** 20;
/** The same as a share of the resident memory. */
const LEAST_SHARE = 0.02;
/** So much of the growth must be after the second third. A step, such as a cache that was filled, is no growth. */
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
 * Which kinds of memory grow, the one that grows most first. Compared are the lowest readings of each third of the time, because memory goes up and down
 * between collections of garbage. The growth must be larger than the range of the readings of a third.
 *
 * @param ledgers of one process, the oldest first; with fewer than six of them there is no verdict
 */
export function ledgerVerdicts(ledgers: readonly Ledger[]): LedgerVerdict[] {
  if (ledgers.length < LEAST_LEDGERS) return [];
  const changes = KINDS.map((kind) => changeOf(kind, ledgers));
  const least = Math.max(LEAST_GROWTH, LEAST_SHARE * ledgers[0]!.rss);
  return changes
    .filter(({ growth, error, range }) => growth - error >= least && growth > range)
    .filter(({ growth, late }) => late >= LEAST_OF_LATE * growth)
    .sort((a, b) => b.growth - a.growth)
    .map(({ kind, growth }) => {
      const others = changes.reduce((sum, other) => sum + (other.kind === kind ? 0 : Math.max(0, other.growth)), 0);
      const isAlone = kind === 'malloc' && others < FLAT * growth;
      return { kind, growth, advice: isAlone ? FRAGMENTED : ADVICE[kind] };
    });
}

interface Change {
  readonly kind: Judged;
  /** From the first third to the last. */
  readonly growth: number;
  /** The part of it after the second third. */
  readonly late: number;
  /** The largest difference between two readings of one third. */
  readonly range: number;
  /** By how much the growth can be wrong. */
  readonly error: number;
}

function changeOf(kind: Judged, ledgers: readonly Ledger[]): Change {
  const third = Math.floor(ledgers.length / 3);
  const totals = ledgers.map(({ rows }) => totalOfKind(rows, kind));
  const thirds = [totals.slice(0, third), totals.slice(third, -third), totals.slice(-third)];
  const [first, second, last] = thirds.map(lowestOf) as [KindTotal, KindTotal, KindTotal];
  const ranges = thirds.map((each) => Math.max(...each.map(({ bytes }) => bytes)) - lowestOf(each).bytes);
  return {
    kind,
    growth: last.bytes - first.bytes,
    late: last.bytes - second.bytes,
    range: Math.max(...ranges),
    error: Math.abs(last.error - first.error),
  };
}

function lowestOf(totals: readonly KindTotal[]): KindTotal {
  return totals.reduce((lowest, each) => (each.bytes < lowest.bytes ? each : lowest));
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
