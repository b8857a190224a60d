import { numbers } from '../../collect/heap-snapshot/growing-column.js';
import { ZERO } from '../../collect/heap-snapshot/section.js';
import { decodedOrNull, type StringSink } from '../../collect/heap-snapshot/string-array.js';

/** In bytes. */
const CHUNK = 1 << 20;
/** A loop copies fewer bytes faster than a call. */
const SHORT = 64;
const SHORTEST_EPHEMERON = '1 / part of key ( @1) -> value ( @2) pair in WeakMap (table @3)'.length - 1;
const CLOSE_BRACKET = 41;

/** The strings of a heap snapshot as they stand in its text, decoded when somebody asks. */
export class StringStore implements StringSink {
  readonly #chunks: Buffer[] = [];
  /** Where each string ends in the chunks. */
  readonly #ends = numbers();
  #size = 0;

  get length(): number {
    return this.#ends.length;
  }

  wants(): boolean {
    return true;
  }

  part(codes: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      const place = this.#size % CHUNK;
      if (place === 0) this.#chunks.push(Buffer.allocUnsafeSlow(CHUNK));
      const length = Math.min(to - at, CHUNK - place);
      const chunk = this.#chunks[this.#chunks.length - 1]!;
      if (length > SHORT) codes.copy(chunk, place, at, at + length);
      else for (let i = 0; i < length; i++) chunk[place + i] = codes[at + i]!;
      this.#size += length;
      at += length;
    }
  }

  ended(): void {
    this.#ends.push(this.#size);
  }

  /** A string that the text ended before, or that is not JSON, has a text that says so. */
  text(index: number): string {
    return index < this.length ? (decodedOrNull(this.raw(index)) ?? '(damaged)') : '(missing)';
  }

  /** A fast test that is right for nearly all strings: such a name begins with a digit, is long, and ends with a bracket. */
  mayNameEphemeron(index: number): boolean {
    const from = index === 0 ? 0 : this.#ends.at(index - 1);
    const to = this.#ends.at(index);
    return to - from > SHORTEST_EPHEMERON && this.#byte(to - 1) === CLOSE_BRACKET && this.#byte(from) - ZERO <= 9;
  }

  /** Each character is one byte of the string's text in the file. */
  raw(index: number): string {
    const from = index === 0 ? 0 : this.#ends.at(index - 1);
    const to = this.#ends.at(index);
    let text = '';
    for (let at = from; at < to; ) {
      const start = at % CHUNK;
      const length = Math.min(to - at, CHUNK - start);
      text += this.#chunks[Math.floor(at / CHUNK)]!.toString('latin1', start, start + length);
      at += length;
    }
    return text;
  }

  #byte(at: number): number {
    return this.#chunks[Math.floor(at / CHUNK)]![at % CHUNK]!;
  }
}
