import { damaged, shown } from './damage.js';
import { CLOSE_ARRAY, COMMA, isSpace, NEWLINE, OPEN_ARRAY, PIECE, type Piece, type Section, ZERO } from './section.js';

/** Takes the rows of an array, some at a time, in order. */
export interface RowSink {
  /** Numbers below 0 can come, too; as 0. */
  readonly isSigned?: boolean;
  /** `batch[0..length)` holds whole rows of integers from 0 on, inexact above 2^53. The batch is used again. */
  rows(batch: Float64Array, length: number): void;
  /** There are no more rows. */
  end(): void;
}

/** What comes next, or what the scan is in: the bracket, a number, its digits, the blanks behind it. */
const START = 0;
const OPENED = 1;
const BEFORE = 2;
const DIGITS = 3;
const AFTER = 4;
/** Digits where none can be. */
const WRONG = 5;

const MINUS = 45;

interface Progress {
  at: number;
  /** Numbers in the batch. */
  filled: number;
  /** The digits of the number so far. */
  value: number;
  state: number;
}

/** A flat array of unsigned integers, `width` of which are a row. */
export class NumberArray implements Section {
  done = false;
  readonly #name: string;
  readonly #width: number;
  readonly #sink: RowSink;
  /** Every second character of a piece can end a number, and what is left of a row stands before them. */
  readonly #batch: Float64Array;
  readonly #progress: Progress = { at: 0, filled: 0, value: 0, state: START };
  /** Places in the batch whose numbers have a sign, in order. */
  #signs: number[] = [];

  constructor(name: string, width: number, sink: RowSink) {
    this.#name = name;
    this.#width = width;
    this.#sink = sink;
    this.#batch = new Float64Array(PIECE / 2 + 1 + width);
  }

  scan({ codes, text }: Piece, from: number): number {
    const progress = this.#progress;
    progress.at = from;
    for (;;) {
      readNumbers(codes, this.#batch, progress);
      if (progress.at === text.length) break;
      this.#take(codes[progress.at++]!);
      if (this.done) break;
    }
    this.#handOver();
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

  #handOver(): void {
    const { filled } = this.#progress;
    const rest = filled % this.#width;
    for (const place of this.#signs) this.#batch[place] = 0;
    this.#signs = this.#signs.filter((place) => place === filled).map(() => rest); // its digits are still to come
    this.#sink.rows(this.#batch, filled - rest);
    this.#batch.copyWithin(0, filled - rest, filled);
    this.#progress.filled = rest;
    if (!this.done) return;
    if (rest > 0) throw damaged(`"${this.#name}" ends in the middle of a row`);
    this.#sink.end();
  }
}

/**
 * Reads on to what is no part of a row of numbers. Nearly all of a snapshot goes through this loop, so its speed is the reader's. The 0 behind the
 * text ends the digits: their loop need not ask for the end. It is a function of its own so that V8 has little to compile, soon.
 */
function readNumbers(codes: Uint16Array, batch: Float64Array, progress: Progress): void {
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
