import { freemem } from 'node:os';
import { UnsupportedError } from '../../errors.js';
import type { HeapTotals } from '../../model/trace-columns.js';
import type { Session } from '../../protocol/session.js';
import { formatSize } from '../../text/size-format.js';
import { collectGarbage } from '../isolate/collect-garbage.js';
import { readFreeMemory } from '../isolate/free-memory.js';
import { readHeapTotals } from '../isolate/read-heap-totals.js';

/**
 * What a heap snapshot needs, by byte of live heap: V8 keeps records of each object, each reference and each name. Measured: 2 (arrays of 100
 * numbers) to 38 (a dictionary of numbers), mostly 10 to 20 (docs/guide/objects.md).
 */
const MEMORY_FACTOR = 40;
/** A heap snapshot takes 30 to 160 ms of processor time for each MiB of heap. */
const SNAPSHOT_MS_PER_MIB = 100;
/** Node 18 takes 50 to 150 ms, but 1500 if many strings look like numbers, which meet in V8's hash table of names. */
const SNAPSHOT_MS_PER_MIB_18 = 300;
/** While V8 tracks, its timer collects all garbage and walks through the heap, 50 ms after the last time. */
const TICK_MS_PER_MIB = 5;
const LONGEST_STOP_MS = 10_000;
/** Most of what a program holds at its end may be garbage, which cannot be collected any more. */
const TOLERANCE_AT_END = 3;
/** An idle Node without a heap. */
const NODE_BYTES = 60 * 2 ** 20;
const MIB = 2 ** 20;

export interface HeapCostOptions {
  /** In object mode V8 tracks allocations as well. */
  readonly isTracking: boolean;
  /** Bytes of the heaps of all threads. */
  readonly heapUsed: () => Promise<number>;
  /** NaN if the program did not tell. */
  readonly nodeMajor: number;
  /** The user wants it whatever it costs. */
  readonly isAccepted: boolean;
  /** We have started the program, so it shares our machine and our container. */
  readonly isOurs: boolean;
  readonly onNotice: (notice: string) => void;
}

interface Cost {
  readonly heapBytes: number;
  /** How long a heap snapshot stops the program. */
  readonly stopMs: number;
  /** At most so many bytes beyond those that the process has. */
  readonly memoryBytes: number;
  /** Bytes; null if the target does not tell. */
  readonly freeBytes: number | null;
}

/** What heap snapshots cost a program. Says it in advance, and refuses if the program may not bear it. */
export class HeapCost {
  readonly #main: Session;
  readonly #options: HeapCostOptions;
  #freeBytes: number | null = null;
  #totals: HeapTotals | null = null;

  constructor(main: Session, options: HeapCostOptions) {
    this.#main = main;
    this.#options = options;
  }

  /** Before anything is changed in the program. @throws UnsupportedError */
  async checkStart(): Promise<void> {
    let cost = await this.#read();
    if (this.#refusal(cost) !== null) cost = await this.#readWithoutGarbage();
    const { isTracking } = this.#options;
    this.#options.onNotice(isTracking ? `object mode: ${costText(cost)}, and ${tickText(cost)}` : `heap snapshot: ${costText(cost)}`);
    this.#refuse(this.#refusal(cost));
  }

  /** Before each heap snapshot: the heap may have grown. @throws UnsupportedError if the program may not have the memory for it */
  async checkSnapshot({ isLast }: { readonly isLast: boolean }): Promise<void> {
    if (this.#options.isAccepted) return;
    if (isLast) {
      // A program at its end evaluates nothing.
      if (this.#options.isOurs) this.#freeBytes = Math.min(freemem(), process.availableMemory?.() ?? Number.POSITIVE_INFINITY);
      this.#refuse(lackOfMemory(this.#cost((await this.#options.heapUsed()) / TOLERANCE_AT_END)));
      return;
    }
    if (lackOfMemory(await this.#read()) !== null) this.#refuse(lackOfMemory(await this.#readWithoutGarbage()));
  }

  #refuse(reason: string | null): void {
    if (reason === null || this.#options.isAccepted) return;
    const other = this.#options.isTracking ? "trace with --mode exact (mode: 'exact'), or " : '';
    throw new UnsupportedError(`${reason}; ${other}do it nevertheless with --yes (yes: true)`);
  }

  /** null if nothing speaks against it. */
  #refusal(cost: Cost): string | null {
    const lack = lackOfMemory(cost);
    if (lack !== null || cost.stopMs <= LONGEST_STOP_MS) return lack;
    const what = this.#options.isTracking ? 'object mode' : 'a heap snapshot';
    return `${what} would stop the program for about ${seconds(cost.stopMs)} at each snapshot, because its heap has ${formatSize(cost.heapBytes)}`;
  }

  async #read(): Promise<Cost> {
    this.#freeBytes = await readFreeMemory(this.#main);
    this.#totals = await readHeapTotals(this.#main);
    return this.#cost(await this.#options.heapUsed());
  }

  #cost(heapBytes: number): Cost {
    const { rss, external } = this.#totals ?? { rss: null, external: null };
    // Memory that an earlier snapshot has left to the process is used again.
    const atMost = NODE_BYTES + (external ?? 0) + (1 + MEMORY_FACTOR) * heapBytes;
    const memoryBytes = Math.max(0, atMost - (rss ?? NODE_BYTES + heapBytes));
    const msPerMib = this.#options.nodeMajor === 18 ? SNAPSHOT_MS_PER_MIB_18 : SNAPSHOT_MS_PER_MIB;
    return { heapBytes, memoryBytes, stopMs: (heapBytes / MIB) * msPerMib, freeBytes: this.#freeBytes };
  }

  /** A busy program does not collect its garbage for us. */
  async #readWithoutGarbage(): Promise<Cost> {
    await collectGarbage(this.#main);
    return this.#read();
  }
}

function costText({ heapBytes, stopMs, memoryBytes, freeBytes }: Cost): string {
  const free = freeBytes === null ? '' : ` (${formatSize(freeBytes)} are free)`;
  return (
    `with a heap of ${formatSize(heapBytes)} the program may need up to ${formatSize(memoryBytes)} more memory${free}; ` +
    `it stands still for about ${seconds(stopMs)} at each snapshot`
  );
}

function tickText({ heapBytes }: Cost): string {
  return `for ${seconds((heapBytes / MIB) * TICK_MS_PER_MIB)} several times a second`;
}

function lackOfMemory({ heapBytes, memoryBytes, freeBytes }: Cost): string | null {
  if (freeBytes === null || memoryBytes <= freeBytes) return null;
  const heap = `a heap snapshot of a heap of ${formatSize(heapBytes)}`;
  return `${heap} may need ${formatSize(memoryBytes)} more memory, and only ${formatSize(freeBytes)} are free`;
}

function seconds(ms: number): string {
  return ms < 9_950 ? `${(ms / 1000).toPrecision(2)} s` : `${Math.round(ms / 1000)} s`;
}
