import type { TraceColumns } from './trace-columns.js';

/*
 * V8 reads the length and the address of a typed array again at nearly every access, unless the array is a constant of the module. So rows are
 * copied in blocks to constant arrays, and the functions of this module loop over these. That takes 0.6 of the time, copies included. To V8 an
 * exported array is no constant, so all such loops are in this file.
 */
const BLOCK_ROWS = 4096;
const ids = new Uint32Array(BLOCK_ROWS);
const sizes = new Float64Array(BLOCK_ROWS);
const counts = new Uint32Array(BLOCK_ROWS);
const keptIds = new Uint32Array(BLOCK_ROWS);
const keptSizes = new Float64Array(BLOCK_ROWS);
const keptCounts = new Uint32Array(BLOCK_ROWS);

/**
 * Sums by bucket: `[2 * b]` is the size in bytes, `[2 * b + 1]` the count of blocks. They are neighbours, so that a trace touches one cache line.
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
 * The traces whose traceback has a 1 in the mask. Gives only the columns that every snapshot has.
 *
 * @param kept the number of these traces
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

/** The number of traces whose traceback has a 1 in the mask. */
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

/** Writes every row, and overwrites it with the next one unless it is kept. So there is no branch that the processor could mispredict. */
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

/** @returns the number of rows in the block */
function copyBlock({ length, size, count }: TraceColumns, bucketOf: Uint32Array, from: number): number {
  const to = Math.min(length, from + BLOCK_ROWS);
  ids.set(bucketOf.subarray(from, to));
  sizes.set(size.subarray(from, to));
  counts.set(count.subarray(from, to));
  return to - from;
}
