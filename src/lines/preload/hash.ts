import { fnv1a, fnv1aOfWords } from '../../text/fnv-hash.js';

/** So many characters, evenly spread, tell two sources apart nearly always, and cost a cold process next to nothing. */
const SAMPLES = 256;

/** Eight hexadecimal digits. */
export function sampledHash(text: string): string {
  const hash = fnv1a(text, Math.max(1, Math.floor(text.length / SAMPLES)));
  return hexadecimal(hash ^ (hash >>> 15));
}

/** Of the bytes from `start` on, a multiple of four; eight hexadecimal digits. Any change within one word changes it. */
export function checksum(bytes: Uint8Array, start: number): string {
  return hexadecimal(fnv1aOfWords(bytes, start));
}

function hexadecimal(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}
