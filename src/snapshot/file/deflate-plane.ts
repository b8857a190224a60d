import { constants, deflateRawSync } from 'node:zlib';
import { codeLengths, codesOf } from './huffman.js';

/*
 * Raw deflate of one plane of bytes. zlib's run-length strategy looks for a run at every byte. That takes most of its time, and finds no runs in
 * the low bytes of sizes and of traceback ids. So this file codes blocks without runs itself, with one Huffman code per block. That takes less
 * than half the time and as few bytes. The result is plain deflate, which any inflater reads.
 */

const BLOCK_BYTES = 2 ** 17;
/** If a larger share of a block's bytes equals the two bytes before, the run-length strategy makes the block smaller. */
const MANY_REPEATS = 0.1;
/** If half of the first bytes, this many, are repeats, there is no need to look at the rest. */
const FIRST_LOOK = 1024;
/** The description of a block's code takes 138 bytes. A short plane would not save as many. */
const SHORTEST_PLANE = 2 ** 13;
const END_OF_BLOCK = 256;
const MOST_STORED = 0xffff;
const NEITHER_LAST_NOR_CODED = 0b000;
const NOT_LAST_OWN_CODE = 0b100;

/** Constants of the module, because loops over them are faster: see column-codec.ts. */
const input = new Uint8Array(BLOCK_BYTES);
const frequencies = new Uint32Array(END_OF_BLOCK + 1);
/** By byte: the low 16 bits are its code, the bits above are the length of the code. */
const entries = new Int32Array(END_OF_BLOCK + 1);
/** A coded block has room here, because a block that would become larger is stored uncoded. */
const output = new Uint8Array(BLOCK_BYTES + 1024);

/** The end of the bits that were written so far. */
interface Position {
  readonly at: number;
  /** Bits that are not in `output` yet, the first one lowest. `bits` is their number, less than 16. */
  readonly pending: number;
  readonly bits: number;
}

/** Blocks of deflate that end at a byte boundary. None is marked as the last one: `endOfDeflate` is. */
export function deflatePlane(plane: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let done = 0;
  const runLength = (end: number) => {
    if (end > done) parts.push(deflateRuns(plane.subarray(done, end)));
  };
  for (let from = 0; plane.length >= SHORTEST_PLANE && from < plane.length; from += BLOCK_BYTES) {
    const block = plane.subarray(from, from + BLOCK_BYTES);
    input.set(block);
    if (countBytes(Math.min(FIRST_LOOK, block.length)) > FIRST_LOOK / 2) continue;
    if (countBytes(block.length) > MANY_REPEATS * block.length) continue;
    runLength(from);
    parts.push(...codedBlock(block));
    done = from + block.length;
  }
  runLength(plane.length);
  return parts;
}

/** An empty block that is marked as the last one. */
export function endOfDeflate(): Uint8Array {
  return Uint8Array.of(0x03, 0x00);
}

function deflateRuns(bytes: Uint8Array): Uint8Array {
  const { Z_RLE, Z_SYNC_FLUSH } = constants;
  return deflateRawSync(bytes, { level: 1, strategy: Z_RLE, finishFlush: Z_SYNC_FLUSH, chunkSize: bytes.length + 1024 });
}

/** Writes the frequencies of the bytes to `frequencies`. @returns how many bytes equal the two before */
function countBytes(length: number): number {
  frequencies.fill(0);
  let [before, secondBefore] = [-1, -1];
  let repeats = 0;
  for (let i = 0; i < length; i++) {
    const byte = input[i]!;
    frequencies[byte]!++;
    repeats += Number(byte === before && before === secondBefore);
    secondBefore = before;
    before = byte;
  }
  frequencies[END_OF_BLOCK] = 1;
  return repeats;
}

function codedBlock(block: Uint8Array): Uint8Array[] {
  const lengths = codeLengths(frequencies);
  const bits = lengths.reduce((sum, length, symbol) => sum + length * frequencies[symbol]!, 0);
  if (bits / 8 + 150 >= block.length) return storedBlocks(block);
  const codes = codesOf(lengths);
  for (let symbol = 0; symbol < entries.length; symbol++) entries[symbol] = codes[symbol]! | (lengths[symbol]! << 16);
  const body = codeBytes(block.length, writeCode(lengths));
  const end = put(body, codes[END_OF_BLOCK]!, lengths[END_OF_BLOCK]!);
  const { at } = toWholeByte(put(end, NEITHER_LAST_NOR_CODED, 3));
  output.set([0, 0, 0xff, 0xff], at); // an empty stored block
  return [output.slice(0, at + 4)];
}

/** Blocks without a code. Each begins with its length and the complement of that. */
function storedBlocks(block: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < block.length; from += MOST_STORED) {
    const bytes = block.subarray(from, from + MOST_STORED);
    const [low, high] = [bytes.length & 0xff, bytes.length >>> 8];
    parts.push(Uint8Array.of(NEITHER_LAST_NOR_CODED, low, high, low ^ 0xff, high ^ 0xff), bytes);
  }
  return parts;
}

/**
 * Writes the start of a block. Deflate codes the code lengths, too: here each length, 0 to 15, takes four bits, which is simple and takes 129
 * bytes. Deflate also needs a code of distances. Ours is never used, so it has one length of 1.
 */
function writeCode(lengths: Uint8Array): Position {
  let position: Position = { at: 0, pending: 0, bits: 0 };
  const write = (value: number, bits: number) => {
    position = put(position, value, bits);
  };
  write(NOT_LAST_OWN_CODE, 3);
  write(END_OF_BLOCK + 1 - 257, 5);
  write(1 - 1, 5);
  write(19 - 4, 4);
  // The bits per code length: 0 for 16, 17 and 18, which would repeat a length, and 4 for 0 to 15.
  for (let i = 0; i < 19; i++) write(i < 3 ? 0 : 4, 3);
  for (const length of [...lengths, 1]) write(REVERSED_NIBBLES[length]!, 4);
  return position;
}

/** A stream takes the highest bit of a code first. */
const REVERSED_NIBBLES = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15];

/** Writes two bytes for every code, full or not. So there is no branch that the processor could mispredict. */
function codeBytes(length: number, { at, pending, bits }: Position): Position {
  for (let i = 0; i < length; i++) {
    const entry = entries[input[i]!]!;
    pending |= (entry & 0xffff) << bits;
    bits += entry >>> 16;
    output[at] = pending;
    output[at + 1] = pending >>> 8;
    at += (bits >>> 4) << 1;
    pending >>= bits & 16; // below 2^30, so never negative
    bits &= 15;
  }
  return { at, pending, bits };
}

/** @param count how many bits of `value` to write, at most 15 */
function put({ at, pending, bits }: Position, value: number, count: number): Position {
  const all = pending | (value << bits);
  for (let byte = 0; byte < 4; byte++) output[at + byte] = all >>> (8 * byte);
  const total = bits + count;
  return total < 16 ? { at, pending: all, bits: total } : { at: at + 2, pending: all >>> 16, bits: total - 16 };
}

function toWholeByte({ at, bits }: Position): Position {
  return { at: at + Math.ceil(bits / 8), pending: 0, bits: 0 };
}
