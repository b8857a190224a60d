import { BadProfileError } from '../../errors.js';
import { SmallValue } from './any-value.js';
import { damaged, shown } from './damage.js';
import { CLOSE_OBJECT, COLON, COMMA, isSpace, OPEN_OBJECT, PIECE, type Piece, QUOTE, type Section } from './section.js';
import type { Sections } from './sections.js';

/** What comes next in the text between two sections. */
type Place = 'start' | 'first key' | 'key' | 'colon' | 'value' | 'comma' | 'end';

/** In bytes. V8's own chunks have 100 kB, from Node 24 on 1 MB. */
const CHUNK = 1 << 18;

/**
 * Reads a heap snapshot of V8 as its chunks arrive. It keeps neither chunks nor numbers, only what its sections make of them.
 * docs/performance.md says how much memory that takes.
 */
export class HeapSnapshotReader<Result> {
  readonly #codes = Buffer.alloc(CHUNK + 1);
  readonly #room = this.#codes.subarray(0, CHUNK);
  readonly #encoder = new TextEncoder();
  readonly #sections: Sections<Result>;
  #section: Section | null = null;
  #place: Place = 'start';
  #key = '';
  #failure: unknown = null;
  /** The first half of a character whose second half is in the next chunk. */
  #half = '';

  constructor(sections: Sections<Result>) {
    this.#sections = sections;
  }

  /**
   * The text may be cut into chunks anywhere.
   * @param chunk text, or text in UTF-8; bytes are copied, so they may change after the call
   * @throws BadProfileError as soon as the text cannot be a heap snapshot, and at each later call
   */
  write(chunk: string | Uint8Array): void {
    this.#orFail(() => (typeof chunk === 'string' ? this.#writeText(chunk) : this.#writeBytes(chunk)));
  }

  /** @throws BadProfileError if the snapshot is incomplete */
  end(): Result {
    return this.#orFail(() => {
      if (this.#place === 'start') throw new BadProfileError('the heap snapshot is empty');
      if (this.#place !== 'end') throw damaged(`it ends in the middle${this.#key === '' ? '' : ` of "${this.#key}"`}`);
      return this.#sections.complete();
    });
  }

  #orFail<Value>(work: () => Value): Value {
    if (this.#failure !== null) throw this.#failure;
    try {
      return work();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #writeBytes(chunk: Uint8Array): void {
    for (let start = 0; start < chunk.length; start += CHUNK) {
      const part = chunk.subarray(start, start + CHUNK);
      this.#codes.set(part);
      this.#scan(part.length);
    }
  }

  #writeText(chunk: string): void {
    let text = this.#half + chunk;
    const last = text.charCodeAt(text.length - 1);
    this.#half = last >= 0xd800 && last <= 0xdbff ? text.slice(-1) : '';
    if (this.#half !== '') text = text.slice(0, -1);
    for (let start = 0; start < text.length; ) {
      const part = start === 0 && text.length <= CHUNK ? text : text.slice(start, start + CHUNK);
      const { read, written } = this.#encoder.encodeInto(part, this.#room);
      this.#scan(written);
      start += read;
    }
  }

  #scan(length: number): void {
    const codes = this.#codes;
    for (let start = 0; start < length; start += PIECE) {
      const end = Math.min(start + PIECE, length);
      const next = codes[end]!;
      codes[end] = 0;
      this.#scanPiece({ codes, end }, start);
      codes[end] = next;
    }
  }

  #scanPiece(piece: Piece, start: number): void {
    let at = start;
    while (at < piece.end) {
      if (this.#section === null) {
        const code = piece.codes[at]!;
        if (isSpace(code)) at++;
        else at += this.#between(code);
        continue;
      }
      at = this.#section.scan(piece, at);
      if (this.#section.done) this.#section = null;
    }
  }

  /** Reads the character between two sections. Returns 1 if it is used up, otherwise 0. */
  #between(code: number): number {
    const place = this.#place;
    if (place === 'start') {
      if (code !== OPEN_OBJECT) throw new BadProfileError(`this is not a heap snapshot: it begins with ${shown(code)}`);
      this.#place = 'first key';
      return 1;
    }
    if (code === QUOTE && (place === 'first key' || place === 'key')) {
      this.#section = new SmallValue('a key of it', (key) => {
        this.#key = String(key);
      });
      this.#place = 'colon';
      return 0;
    }
    if (place === 'value') {
      this.#section = this.#sections.open(this.#key);
      this.#place = 'comma';
      return 0;
    }
    if (place === 'colon' && code === COLON) this.#place = 'value';
    else if (place === 'comma' && code === COMMA) this.#place = 'key';
    else if (code === CLOSE_OBJECT && (place === 'comma' || place === 'first key')) this.#place = 'end';
    else if (place === 'end') throw damaged(`it goes on after its end with ${shown(code)}`);
    else throw damaged(`${shown(code)} stands at its "${this.#key}"`);
    return 1;
  }
}
