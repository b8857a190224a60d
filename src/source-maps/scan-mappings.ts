import { MapProblem } from './map-problem.js';

/** Positions in a generated text, 0-based, ordered by line, then column. */
export interface Positions {
  readonly line: Uint32Array;
  readonly column: Uint32Array;
}

/** By position: the segment that it lies in. */
export interface Segments {
  /** Index of the source; NONE: the position comes from no source; WRONG: what the map says of it cannot be. */
  readonly source: Int32Array;
  /** 0-based. */
  readonly line: Int32Array;
  readonly column: Int32Array;
}

export const NONE = -1;
export const WRONG = -2;

const COMMA = 44;
const SEMICOLON = 59;
const MAX_VALUE = 2 ** 31 - 1;
/** That of the seventh digit, the last that a value of 32 bits needs. */
const MAX_UNIT = 2 ** 30;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

/**
 * What the mappings say of some positions, in one pass that keeps nothing else: decoded as a whole, the mappings of a map of 20 MB take
 * several hundred MB.
 *
 * @param mappings of a source map: lines by `;`, segments by `,`, each of 1, 4 or 5 numbers relative to those before
 * @throws MapProblem
 */
export function scanMappings(mappings: string, wanted: Positions): Segments {
  const scan = new Scan(wanted);
  const fields = [0, 0, 0, 0, 0]; // column in the text, then source, line and column there, name
  let count = 0;
  let value = 0;
  let unit = 1;
  for (let at = 0; at <= mappings.length; at++) {
    const char = at === mappings.length ? SEMICOLON : mappings.charCodeAt(at);
    if (char !== COMMA && char !== SEMICOLON) {
      const digit = VALUES[char] ?? -1;
      if (digit === -1 || unit > MAX_UNIT || count === 5) throw damaged(at);
      value += (digit & 31) * unit;
      unit *= 32;
      if (digit >= 32) continue;
      fields[count]! += value % 2 === 1 ? -(value - 1) / 2 : value / 2;
      count++;
      value = 0;
      unit = 1;
      continue;
    }
    if (unit !== 1 || count === 2 || count === 3) throw damaged(at);
    if (count > 0) scan.segment(fields, count > 1);
    count = 0;
    if (char === COMMA) continue;
    if (scan.endLine()) break;
    fields[0] = 0;
  }
  return scan;
}

function damaged(at: number): MapProblem {
  return new MapProblem(`its mappings are damaged (at character ${at})`);
}

/** The last segment at or before each of the wanted positions of a line. Segments need not be in order. */
class Scan implements Segments {
  readonly source: Int32Array;
  readonly line: Int32Array;
  readonly column: Int32Array;
  readonly #wanted: Positions;
  /** By position: the column of the best segment between the position before it, which it is behind, and itself; -1: none. */
  readonly #best: Int32Array;
  #generatedLine = 0;
  /** The wanted positions of this line are `[#from, #to)`. */
  #from = 0;
  #to = 0;
  #next = 0;

  constructor(wanted: Positions) {
    const { length } = wanted.line;
    this.#wanted = wanted;
    this.source = new Int32Array(length).fill(NONE);
    this.line = new Int32Array(length);
    this.column = new Int32Array(length);
    this.#best = new Int32Array(length).fill(-1);
    this.#beginLine();
  }

  segment([at, source, line, column]: readonly number[], isMapped: boolean): void {
    const wanted = this.#wanted.column;
    if (this.#from === this.#to || !(at! >= 0 && at! <= wanted[this.#to - 1]!)) return;
    const isHere = wanted[this.#next]! >= at! && (this.#next === this.#from || wanted[this.#next - 1]! < at!);
    if (!isHere) this.#next = this.#firstFrom(at!);
    const row = this.#next;
    const best = this.#best[row]!;
    // Of several at one place the last is in force from there on; the place itself has the first, as with other readers.
    if (at! < best || (at === best && at === wanted[row])) return;
    this.#best[row] = at!;
    const isPossible = source! >= 0 && line! >= 0 && column! >= 0 && Math.max(source!, line!, column!) < MAX_VALUE;
    this.source[row] = isMapped ? (isPossible ? source! : WRONG) : NONE;
    this.line[row] = line!;
    this.column[row] = column!;
  }

  /** @returns whether no wanted position is left */
  endLine(): boolean {
    for (let row = this.#from + 1; row < this.#to; row++) {
      if (this.#best[row] !== -1) continue;
      this.source[row] = this.source[row - 1]!;
      this.line[row] = this.line[row - 1]!;
      this.column[row] = this.column[row - 1]!;
    }
    this.#generatedLine++;
    this.#beginLine();
    return this.#from === this.#wanted.line.length;
  }

  /** The first of the line's wanted positions at this column or behind it. */
  #firstFrom(column: number): number {
    let [low, high] = [this.#from, this.#to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#wanted.column[middle]! < column) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #beginLine(): void {
    const { line } = this.#wanted;
    this.#from = this.#next = this.#to;
    while (this.#to < line.length && line[this.#to] === this.#generatedLine) this.#to++;
  }
}
