import { damaged, shown } from './damage.js';
import { BACKSLASH, CLOSE_ARRAY, COMMA, isSpace, OPEN_ARRAY, type Piece, QUOTE, type Section } from './section.js';

/** Receives the strings of the array in order, as they stand in the text, without quotes. */
export interface StringSink {
  /** Whether this string is wanted. A string that is not is never passed on. */
  wants(index: number): boolean;
  /** `codes[from..to)` is the next part of a wanted string. The bytes are reused after the call. */
  part(codes: Buffer, from: number, to: number): void;
  /** The wanted string is complete. */
  ended(index: number): void;
}

const START = 0;
/** After `[` or a comma. */
const BEFORE = 1;
const WITHIN = 2;
const AFTER = 3;

/** The array of strings. */
export class StringArray implements Section {
  done = false;
  length = 0;
  readonly #sink: StringSink;
  #state = START;
  #escaped = false;
  #keeps = false;

  constructor(sink: StringSink) {
    this.#sink = sink;
  }

  scan(piece: Piece, from: number): number {
    const to = piece.end;
    let at = from;
    while (at < to && !this.done) {
      if (this.#state === WITHIN) at = this.#within(piece.codes, at, to);
      else this.#between(piece.codes[at++]!);
    }
    return at;
  }

  #between(code: number): void {
    if (isSpace(code)) return;
    if (code === QUOTE && this.#state === BEFORE) {
      this.#state = WITHIN;
      this.#keeps = this.#sink.wants(this.length);
    } else if (code === COMMA && this.#state === AFTER) this.#state = BEFORE;
    else if (code === OPEN_ARRAY && this.#state === START) this.#state = BEFORE;
    else if (code === CLOSE_ARRAY && (this.#state === AFTER || (this.#state === BEFORE && this.length === 0))) this.done = true;
    else throw damaged(`${shown(code)} stands between its strings`);
  }

  #within(codes: Buffer, from: number, to: number): number {
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
    if (this.#keeps) this.#sink.part(codes, from, ended ? at - 1 : at);
    if (ended) this.#end();
    return at;
  }

  #end(): void {
    if (this.#keeps) this.#sink.ended(this.length);
    this.length++;
    this.#state = AFTER;
  }
}

/** @param bytes each character is one byte of the UTF-8 text of a string in JSON, without quotes */
export function decodedOrNull(bytes: string): string | null {
  try {
    return JSON.parse(`"${Buffer.from(bytes, 'latin1').toString()}"`);
  } catch {
    return null;
  }
}
