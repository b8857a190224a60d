import { damaged, shown } from './damage.js';
import { CLOSE_ARRAY, COMMA, isSpace, NEWLINE, OPEN_ARRAY, PIECE, type Piece, type Section, ZERO } from './section.js';

/** Receives the rows of an array in order, in batches. */
export interface RowSink {
  /** Accepts negative numbers, which arrive as 0. */
  readonly isSigned?: boolean;
  /** `batch[0..length)` holds whole rows of integers from 0 on, inexact above 2^53. The batch is reused after the call. */
  rows(batch: Float64Array, length: number): void;
  /** Called after the last row. */
  end(): void;
}

/** What the scan expects next or is inside of: the bracket, a number, its digits, the blanks after it. */
const START = 0;
const OPENED = 1;
const BEFORE = 2;
const DIGITS = 3;
const AFTER = 4;
/** Digits at a place where none are allowed. */
const WRONG = 5;

const MINUS = 45;

interface Progress {
  at: number;
  /** The count of numbers in the batch. */
  filled: number;
  /** The value of the digits so far. */
  value: number;
  state: number;
}

/** A flat array of unsigned integers, `width` of which are a row. */
export class NumberArray implements Section {
  done = false;
  readonly #name: string;
  readonly #width: number;
  readonly #sink: RowSink;
  /** Large enough for a piece, in which every second character can end a number, after the rest of a row. */
  readonly #batch: Float64Array;
  readonly #progress: Progress = { at: 0, filled: 0, value: 0, state: START };
  /** The indices in the batch of numbers with a sign, in order. */
  #signs: number[] = [];

  constructor(name: string, width: number, sink: RowSink) {
    this.#name = name;
    this.#width = width;
    this.#sink = sink;
    this.#batch = new Float64Array(PIECE / 2 + 1 + width);
  }

  scan({ codes, end }: Piece, from: number): number {
    const progress = this.#progress;
    progress.at = from;
    for (;;) {
      readNumbers(codes, this.#batch, progress);
      if (progress.at === end) break;
      this.#take(codes[progress.at++]!);
      if (this.done) break;
    }
    this.#flush();
    return progress.at;
  }

  #take(code: number): void {
    const progress = this.#progress;
    const { state } = progress;
    const isBehindNumber = state === DIGITS || state === AFTER;
    if (code === OPEN_ARRAY && state === START) progress.state = OPENED;
    else if (code === CLOSE_ARRAY && (isBehindNumber || state === OPENED)) {
      if (isBehindNumber) this.#batch[progress.filled++] = progress.value;
      this.done = true;
    } else if (isSpace(code) && state !== WRONG) {
      if (isBehindNumber) progress.state = AFTER;
    } else if (code === MINUS && this.#canHaveSign()) this.#signs.push(progress.filled);
    else throw damaged(`${shown(code)} stands in "${this.#name}" where only ${this.#sink.isSigned ? '' : 'unsigned '}integers can stand`);
  }

  #canHaveSign(): boolean {
    const { state, filled } = this.#progress;
    return this.#sink.isSigned === true && (state === OPENED || state === BEFORE) && this.#signs.at(-1) !== filled;
  }

  #flush(): void {
    const { filled } = this.#progress;
    const rest = filled % this.#width;
    if (this.#signs.length > 0) {
      for (const place of this.#signs) this.#batch[place] = 0;
      this.#signs = this.#signs.filter((place) => place === filled).map(() => rest); // a sign whose digits are still to come
    }
    this.#sink.rows(this.#batch, filled - rest);
    for (let i = 0; i < rest; i++) this.#batch[i] = this.#batch[filled - rest + i]!;
    this.#progress.filled = rest;
    if (!this.done) return;
    if (rest > 0) throw damaged(`"${this.#name}" ends in the middle of a row`);
    this.#sink.end();
  }
}

/**
 * Reads numbers until a character that does not belong to rows of numbers. Nearly all of a snapshot goes through this loop, so its speed is
 * the reader's speed. The 0 after the text ends the digits, so the inner loop need not check for the end. It is a function of its own so
 * that V8 compiles it soon, with little work.
 */
function readNumbers(codes: Uint8Array, batch: Float64Array, progress: Progress): void {
  let { at, filled, value, state } = progress;
  for (;;) {
    const start = at;
    let code = codes[at]!;
    while ((code - ZERO) >>> 0 <= 9) {
      value = value * 10 + (code - ZERO);
      code = codes[++at]!;
    }
    if (at !== start) state = state === BEFORE || state === DIGITS || state === OPENED ? DIGITS : WRONG;
    if (code === COMMA && (state === DIGITS || state === AFTER)) {
      batch[filled++] = value;
      value = 0;
      state = BEFORE;
    } else if (code === NEWLINE && state === DIGITS) state = AFTER;
    else break;
    at++;
  }
  progress.at = at;
  progress.filled = filled;
  progress.value = value;
  progress.state = state;
}
