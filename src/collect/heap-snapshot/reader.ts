import { BadProfileError } from '../../errors.js';
import { SmallValue } from './any-value.js';
import { damaged, shown } from './damage.js';
import { buildHeapObjects, type HeapObjects } from './heap-objects.js';
import { CLOSE_OBJECT, COLON, COMMA, isSpace, OPEN_OBJECT, PIECE, type Piece, QUOTE, type Section } from './section.js';
import { Sections } from './sections.js';

/** What comes next in the text between two sections. */
type Place = 'start' | 'first key' | 'key' | 'colon' | 'value' | 'comma' | 'end';

/**
 * Reads a heap snapshot of V8 as its chunks arrive. It keeps neither chunks nor numbers, only what `HeapObjects` needs.
 * docs/performance.md says how much memory that takes.
 */
export class HeapSnapshotReader {
  readonly #codes = new Uint16Array(PIECE + 1);
  readonly #bytes = Buffer.from(this.#codes.buffer);
  readonly #sections = new Sections();
  #section: Section | null = null;
  #place: Place = 'start';
  #key = '';
  #failure: unknown = null;

  /**
   * The text may be cut into chunks anywhere.
   * @throws BadProfileError as soon as the text cannot be a heap snapshot, and at each later call
   */
  write(chunk: string): void {
    this.#orFail(() => {
      for (let start = 0; start < chunk.length; start += PIECE) {
        const text = chunk.length <= PIECE ? chunk : chunk.slice(start, start + PIECE);
        this.#bytes.write(text, 'utf16le');
        this.#codes[text.length] = 0;
        this.#scan({ text, codes: this.#codes });
      }
    });
  }

  /** @throws BadProfileError if the snapshot is incomplete */
  end(): HeapObjects {
    return this.#orFail(() => {
      if (this.#place === 'start') throw new BadProfileError('the heap snapshot is empty');
      if (this.#place !== 'end') throw damaged(`it ends in the middle${this.#key === '' ? '' : ` of "${this.#key}"`}`);
      return buildHeapObjects(this.#sections.complete());
    });
  }

  #orFail<Result>(work: () => Result): Result {
    if (this.#failure !== null) throw this.#failure;
    try {
      return work();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #scan(piece: Piece): void {
    let at = 0;
    while (at < piece.text.length) {
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
