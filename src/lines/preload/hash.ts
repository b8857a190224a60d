import { fnv1a, fnv1aOfWords } from '../../text/fnv-hash.js';

/** This many evenly spread characters nearly always tell two sources apart, and cost a cold process almost nothing. */
const SAMPLES = 256;

/** Returns eight hexadecimal digits. */
export function sampledHash(text: string): string {
  const hash = fnv1a(text, Math.max(1, Math.floor(text.length / SAMPLES)));
  return hexadecimal(hash ^ (hash >>> 15));
}

/** Covers the bytes from `start`, a multiple of four. Any change within one word changes the eight hexadecimal digits. */
export function checksum(bytes: Uint8Array, start: number): string {
  return hexadecimal(fnv1aOfWords(bytes, start));
}

function hexadecimal(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
