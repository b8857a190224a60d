import { inflateRawSync } from 'node:zlib';
import { deflatePlane, endOfDeflate } from './deflate-plane.js';

/*
 * A column of n elements of w bytes is written as w planes of n bytes: first all lowest bytes, then all second ones, and so on. Values of one
 * column have similar high bytes, so the cheapest methods, run-length and Huffman, compress the planes well.
 *
 * V8 reads the length and the address of a typed array again at nearly every access, unless the array is a constant of the module. So values are
 * copied in blocks to and from constant arrays, and the loops run over these. That takes half the time, copies included.
 */

export interface EncodedColumn {
  readonly encoding: 'integers' | 'doubles';
  readonly length: number;
  /** Bytes per element. Integers take as many as the largest one needs. */
  readonly width: number;
  readonly data: Uint8Array;
}

export interface DecodedIntegers<Values> {
  readonly values: Values;
  /** -1 if there are none. */
  readonly highest: number;
}

export type Column = Uint8Array | Uint16Array | Uint32Array | Float64Array;

const BLOCK = 4096;
const numbers = new Float64Array(BLOCK);
const integers = new Uint32Array(BLOCK);
const [bytes0, bytes1, bytes2, bytes3] = [new Uint8Array(BLOCK), new Uint8Array(BLOCK), new Uint8Array(BLOCK), new Uint8Array(BLOCK)];

export function encodeColumn(values: Column): EncodedColumn {
  const bits = bitsOf(values);
  if (bits === null) return encodeDoubles(values as Float64Array);
  const width = Math.max(1, Math.ceil((32 - Math.clz32(bits)) / 8));
  const { length } = values;
  const planes = new Uint8Array(width * length);
  const blocks = [bytes0, bytes1, bytes2, bytes3];
  for (let from = 0; from < length; from += BLOCK) {
    const rows = Math.min(BLOCK, length - from);
    loadBlock(values, from, rows);
    splitBlock(rows, width);
    for (let byte = 0; byte < width; byte++) planes.set(blocks[byte]!.subarray(0, rows), byte * length + from);
  }
  return { encoding: 'integers', length, width, data: deflatePlanes(planes, width) };
}

/** All values, or-ed together; null unless all are integers below 2^32. Sizes and births are doubles in memory, but integers in practice. */
function bitsOf(values: Column): number | null {
  let bits = 0;
  for (let from = 0; from < values.length; from += BLOCK) {
    const rows = Math.min(BLOCK, values.length - from);
    if (!loadBlock(values, from, rows)) return null;
    bits |= bitsOfBlock(rows);
  }
  return bits;
}

/** Writes the values to `integers`. @returns whether they are integers below 2^32 */
function loadBlock(values: Column, from: number, rows: number): boolean {
  const block = values.subarray(from, from + rows);
  if (!(block instanceof Float64Array)) {
    integers.set(block);
    return true;
  }
  numbers.set(block); // `integers.set(block)` would convert value by value, several times slower than our loop
  return convertBlock(rows);
}

function convertBlock(rows: number): boolean {
  for (let row = 0; row < rows; row++) {
    integers[row] = numbers[row]!;
    if (integers[row] !== numbers[row]) return false;
  }
  return true;
}

function bitsOfBlock(rows: number): number {
  let bits = 0;
  for (let row = 0; row < rows; row++) bits |= integers[row]!;
  return bits;
}

function splitBlock(rows: number, width: number): void {
  for (let row = 0; row < rows; row++) {
    const value = integers[row]!;
    bytes0[row] = value;
    bytes1[row] = value >>> 8;
  }
  if (width > 2) splitHighBytes(rows);
}

function splitHighBytes(rows: number): void {
  for (let row = 0; row < rows; row++) {
    const value = integers[row]!;
    bytes2[row] = value >>> 16;
    bytes3[row] = value >>> 24;
  }
}

function encodeDoubles(values: Float64Array): EncodedColumn {
  const { length } = values;
  const view = new DataView(new ArrayBuffer(8));
  const planes = new Uint8Array(8 * length);
  for (let i = 0; i < length; i++) {
    view.setFloat64(0, values[i]!, true);
    for (let byte = 0; byte < 8; byte++) planes[byte * length + i] = view.getUint8(byte);
  }
  return { encoding: 'doubles', length, width: 8, data: deflatePlanes(planes, 8) };
}

function deflatePlanes(planes: Uint8Array, width: number): Uint8Array {
  const length = planes.length / width;
  const parts = Array.from({ length: width }, (_, plane) => deflatePlane(planes.subarray(plane * length, (plane + 1) * length)));
  return Buffer.concat([...parts.flat(), endOfDeflate()]);
}

/** One byte of deflate inflates to at most this many. */
const MOST_INFLATED = 1032;

/** @throws when the stream is broken or does not hold exactly `bytes` bytes; never inflates more */
export function inflate(data: Uint8Array, bytes: number): Uint8Array {
  const chunkSize = Math.min(bytes, MOST_INFLATED * data.length) + 64; // one chunk for everything; zlib takes no less than 64
  const raw = inflateRawSync(data, { maxOutputLength: Math.max(1, bytes), chunkSize });
  if (raw.length !== bytes) throw new RangeError(`${raw.length} bytes in the place of ${bytes}`);
  return raw;
}

export function decodeIntegers(planes: Uint8Array, width: number): DecodedIntegers<Uint32Array<ArrayBuffer>> {
  const values = new Uint32Array(planes.length / width);
  return { values, highest: joinPlanes(planes, width, values) };
}

/** Integers as doubles. */
export function decodeWholeNumbers(planes: Uint8Array, width: number): DecodedIntegers<Float64Array<ArrayBuffer>> {
  const values = new Float64Array(planes.length / width);
  return { values, highest: joinPlanes(planes, width, values) };
}

/** @returns the highest value, -1 if there is none */
function joinPlanes(planes: Uint8Array, width: number, values: Uint32Array | Float64Array): number {
  const { length } = values;
  let highest = -1;
  const blocks = [bytes0, bytes1, bytes2, bytes3];
  for (let byte = width; byte < 4; byte++) blocks[byte]!.fill(0);
  for (let from = 0; from < length; from += BLOCK) {
    const rows = Math.min(BLOCK, length - from);
    for (let byte = 0; byte < width; byte++) {
      const start = byte * length + from;
      blocks[byte]!.set(planes.subarray(start, start + rows));
    }
    highest = Math.max(highest, joinBlock(rows, width));
    storeBlock(values, from, rows);
  }
  return highest;
}

function storeBlock(values: Uint32Array | Float64Array, from: number, rows: number): void {
  if (values instanceof Uint32Array) values.set(integers.subarray(0, rows), from);
  else {
    for (let row = 0; row < rows; row++) numbers[row] = integers[row]!; // `set` would convert value by value, several times slower
    values.set(numbers.subarray(0, rows), from);
  }
}

/** @returns the highest of the block */
function joinBlock(rows: number, width: number): number {
  if (width <= 2) {
    let highest = 0;
    for (let row = 0; row < rows; row++) {
      const value = bytes0[row]! | (bytes1[row]! << 8);
      integers[row] = value;
      if (value > highest) highest = value;
    }
    return highest;
  }
  let highest = 0;
  for (let row = 0; row < rows; row++) {
    const value = (bytes0[row]! | (bytes1[row]! << 8) | (bytes2[row]! << 16) | (bytes3[row]! << 24)) >>> 0;
    integers[row] = value;
    if (value > highest) highest = value;
  }
  return highest;
}

export function decodeDoubles(planes: Uint8Array): Float64Array<ArrayBuffer> {
  const length = planes.length / 8;
  const values = new Float64Array(length);
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < length; i++) {
    for (let byte = 0; byte < 8; byte++) bytes[byte] = planes[byte * length + i]!;
    values[i] = view.getFloat64(0, true);
  }
  return values;
}
