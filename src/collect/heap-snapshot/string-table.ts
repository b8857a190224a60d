import { damaged } from './damage.js';
import type { Piece, Section } from './section.js';
import { decodedOrNull, StringArray, type StringSink } from './string-array.js';

/** The strings that are wanted, decoded. The others, which are most of a heap's text, are skipped. */
export class StringTable implements Section, StringSink {
  /** In ascending order; null for all of them. */
  readonly #wanted: Uint32Array | null;
  readonly #array = new StringArray(this);
  readonly #texts = new Map<number, string>();
  #next = 0;
  #bytes = '';

  /** @param wanted the strings to decode, by index; null if not known yet */
  constructor(wanted: ReadonlySet<number> | null) {
    this.#wanted = wanted && Uint32Array.from(wanted).sort();
  }

  get done(): boolean {
    return this.#array.done;
  }

  get length(): number {
    return this.#array.length;
  }

  scan(piece: Piece, from: number): number {
    return this.#array.scan(piece, from);
  }

  /** @throws BadProfileError if the index is past the end */
  text(index: number): string {
    const text = this.#texts.get(index);
    if (text === undefined) throw damaged(`it has no string ${index}, only ${this.length}`);
    return text;
  }

  wants(index: number): boolean {
    return this.#wanted === null || this.#wanted[this.#next] === index;
  }

  part(codes: Buffer, from: number, to: number): void {
    this.#bytes += codes.toString('latin1', from, to);
  }

  ended(index: number): void {
    const text = decodedOrNull(this.#bytes);
    if (text === null) throw damaged(`a string of it is not JSON: ${this.#bytes.slice(0, 40)}`);
    this.#texts.set(index, text);
    this.#bytes = '';
    this.#next++;
  }
}
