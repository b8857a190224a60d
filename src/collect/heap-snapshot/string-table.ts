import { damaged, shown } from './damage.js';
import { BACKSLASH, CLOSE_ARRAY, COMMA, isSpace, OPEN_ARRAY, type Piece, QUOTE, type Section } from './section.js';

const START = 0;
/** After `[` or a comma. */
const BEFORE = 1;
const WITHIN = 2;
const AFTER = 3;

/** The array of strings. Only the wanted strings are decoded. The others, which are most of a heap's text, are skipped. */
export class StringTable implements Section {
  done = false;
  length = 0;
  /** In ascending order; null for all of them. */
  readonly #wanted: Uint32Array | null;
  readonly #texts = new Map<number, string>();
  #next = 0;
  #state = START;
  #escaped = false;
  #keeps = false;
  #raw = '';

  /** @param wanted the strings to decode, by index; null if not known yet */
  constructor(wanted: ReadonlySet<number> | null) {
    this.#wanted = wanted && Uint32Array.from(wanted).sort();
  }

  /** @throws BadProfileError if the index is past the end */
  text(index: number): string {
    const text = this.#texts.get(index);
    if (text === undefined) throw damaged(`it has no string ${index}, only ${this.length}`);
    return text;
  }

  scan(piece: Piece, from: number): number {
    const to = piece.text.length;
    let at = from;
    while (at < to && !this.done) {
      if (this.#state === WITHIN) at = this.#within(piece, at, to);
      else this.#between(piece.codes[at++]!);
    }
    return at;
  }

  #between(code: number): void {
    if (isSpace(code)) return;
    if (code === QUOTE && this.#state === BEFORE) {
      this.#state = WITHIN;
      this.#keeps = this.#wanted === null || this.#wanted[this.#next] === this.length;
    } else if (code === COMMA && this.#state === AFTER) this.#state = BEFORE;
    else if (code === OPEN_ARRAY && this.#state === START) this.#state = BEFORE;
    else if (code === CLOSE_ARRAY && (this.#state === AFTER || (this.#state === BEFORE && this.length === 0))) this.done = true;
    else throw damaged(`${shown(code)} stands between its strings`);
  }

  #within({ codes, text }: Piece, from: number, to: number): number {
    let at = from;
    let escaped = this.#escaped;
    let ended = false;
    while (at < to && !ended) {
      const code = codes[at++]!;
      if (escaped) escaped = false;
      else if (code === BACKSLASH) escaped = true;
      else ended = code === QUOTE;
    }
    this.#escaped = escaped;
    if (this.#keeps) this.#raw += text.slice(from, at);
    if (ended) this.#end();
    return at;
  }

  #end(): void {
    if (this.#keeps) {
      this.#texts.set(this.length, decoded(this.#raw));
      this.#raw = '';
      this.#next++;
    }
    this.length++;
    this.#state = AFTER;
  }
}

/** @param raw includes the closing quote. It is decoded even without escapes, because a slice would keep its whole chunk alive. */
function decoded(raw: string): string {
  try {
    return JSON.parse(`"${raw}`);
  } catch {
    throw damaged(`a string of it is not JSON: ${raw.slice(0, 40)}`);
  }
}
