import type { TraceColumns } from './trace-columns.js';

/*
 * V8 reads the length and the address of a typed array again at nearly every access, unless the array is a constant of the module. So the
 * rows are copied in blocks to arrays that are, and functions of the module loop over them: that takes 0.6 of the time, with the copies. An array that is
 * exported is no constant to V8, which is why all such loops stand in this file.
 */
const BLOCK_ROWS = 4096;
const ids = new Uint32Array(BLOCK_ROWS);
const sizes = new Float64Array(BLOCK_ROWS);
const counts = new Uint32Array(BLOCK_ROWS);
const keptIds = new Uint32Array(BLOCK_ROWS);
const keptSizes = new Float64Array(BLOCK_ROWS);
const keptCounts = new Uint32Array(BLOCK_ROWS);

/**
 * Size in bytes and count of blocks by bucket, side by side, so that a trace touches one cache line.
 *
 * @param bucketOf by trace
 */
export function sumPairs(columns: TraceColumns, bucketOf: Uint32Array, buckets: number): Float64Array {
  const pairs = new Float64Array(2 * buckets);
  for (let from = 0; from < columns.length; from += BLOCK_ROWS) addBlock(copyBlock(columns, bucketOf, from), pairs);
  return pairs;
}

function addBlock(rows: number, pairs: Float64Array): void {
  for (let row = 0; row < rows; row++) {
    const at = 2 * ids[row]!;
    pairs[at]! += sizes[row]!;
    pairs[at + 1]! += counts[row]!;
  }
}

/**
 * The traces whose tracebacks the mask has a 1 for; of the columns those that every snapshot has.
 *
 * @param kept how many they are
 */
export function keepTracebacks(columns: TraceColumns, mask: Uint8Array, kept: number): Pick<TraceColumns, 'traceback' | 'size' | 'count'> {
  const selected = { traceback: new Uint32Array(kept), size: new Float64Array(kept), count: new Uint32Array(kept) };
  let length = 0;
  for (let from = 0; length < kept; from += BLOCK_ROWS) {
    const added = keepInBlock(copyBlock(columns, columns.traceback, from), mask);
    selected.traceback.set(keptIds.subarray(0, added), length);
    selected.size.set(keptSizes.subarray(0, added), length);
    selected.count.set(keptCounts.subarray(0, added), length);
    length += added;
  }
  return selected;
}

/** By traceback: 1 if a trace has it. */
export function usedTracebacks({ length, traceback }: TraceColumns, tracebacks: number): Uint8Array {
  const used = new Uint8Array(tracebacks);
  for (let from = 0; from < length; from += BLOCK_ROWS) {
    const to = Math.min(length, from + BLOCK_ROWS);
    ids.set(traceback.subarray(from, to));
    markBlock(to - from, used);
  }
  return used;
}

function markBlock(rows: number, used: Uint8Array): void {
  for (let row = 0; row < rows; row++) used[ids[row]!] = 1;
}

/** How many traces have a traceback that the mask has a 1 for. */
export function countTracebacks({ length, traceback }: TraceColumns, mask: Uint8Array): number {
  let kept = 0;
  for (let from = 0; from < length; from += BLOCK_ROWS) {
    const to = Math.min(length, from + BLOCK_ROWS);
    ids.set(traceback.subarray(from, to));
    kept += countInBlock(to - from, mask);
  }
  return kept;
}

function countInBlock(rows: number, mask: Uint8Array): number {
  let kept = 0;
  for (let row = 0; row < rows; row++) kept += mask[ids[row]!]!;
  return kept;
}

/** Every row is written, and the next one over it unless it is kept: there is no branch for the processor to guess wrong. */
function keepInBlock(rows: number, mask: Uint8Array): number {
  let kept = 0;
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    keptIds[kept] = id;
    keptSizes[kept] = sizes[row]!;
    keptCounts[kept] = counts[row]!;
    kept += mask[id]!;
  }
  return kept;
}

/** @returns how many rows the block has */
function copyBlock({ length, size, count }: TraceColumns, bucketOf: Uint32Array, from: number): number {
  const to = Math.min(length, from + BLOCK_ROWS);
  ids.set(bucketOf.subarray(from, to));
  sizes.set(size.subarray(from, to));
  counts.set(count.subarray(from, to));
  return to - from;
}
