import { MapProblem } from './map-problem.js';

/** Positions in a generated text, 0-based, ordered by line, then column. */
export interface Positions {
  readonly line: Uint32Array;
  readonly column: Uint32Array;
}

/** For each wanted position, the segment that contains it. */
export interface Segments {
  /** Index of the source. NONE: the position has no source. WRONG: the map's entry is impossible. */
  readonly source: Int32Array;
  /** 0-based. */
  readonly line: Int32Array;
  readonly column: Int32Array;
  /** Index of the identifier that begins exactly here; NONE if the map names none. */
  readonly name: Int32Array;
}

export const NONE = -1;
export const WRONG = -2;

const COMMA = 44;
const SEMICOLON = 59;
const MAX_VALUE = 2 ** 31 - 1;
/** The value of one unit in the seventh digit, the last digit that a 32-bit number needs. */
const MAX_UNIT = 2 ** 30;

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

/**
 * Looks up some positions in the mappings, in one pass that keeps nothing else. To decode all mappings of a 20 MB map would take several
 * hundred MB.
 *
 * @param mappings of a source map: `;` between lines, `,` between segments of 1, 4 or 5 numbers, each relative to the one before
 * @throws MapProblem
 */
export function scanMappings(mappings: string, wanted: Positions): Segments {
  const scan = new Scan(wanted);
  const fields = [0, 0, 0, 0, 0]; // generated column, source index, source line, source column, name
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
    if (count > 0) scan.segment(fields, count);
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

/** Finds the last segment at or before each wanted position of a line. The segments need not be in order. */
class Scan implements Segments {
  readonly source: Int32Array;
  readonly line: Int32Array;
  readonly column: Int32Array;
  readonly name: Int32Array;
  readonly #wanted: Positions;
  /** By position: the column of the best segment so far, which lies after the previous position and not after this one; -1 if none. */
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
    this.name = new Int32Array(length).fill(NONE);
    this.#best = new Int32Array(length).fill(-1);
    this.#beginLine();
  }

  /** @param count how many of the fields are this segment's own */
  segment([at, source, line, column, name]: readonly number[], count: number): void {
    const wanted = this.#wanted.column;
    if (this.#from === this.#to || !(at! >= 0 && at! <= wanted[this.#to - 1]!)) return;
    const isHere = wanted[this.#next]! >= at! && (this.#next === this.#from || wanted[this.#next - 1]! < at!);
    if (!isHere) this.#next = this.#firstFrom(at!);
    const row = this.#next;
    const best = this.#best[row]!;
    // If several segments share a place, the last is valid from there on. For the place itself we take the first, as other readers do.
    if (at! < best || (at === best && at === wanted[row])) return;
    this.#best[row] = at!;
    const isPossible = source! >= 0 && line! >= 0 && column! >= 0 && Math.max(source!, line!, column!) < MAX_VALUE;
    this.source[row] = count > 1 ? (isPossible ? source! : WRONG) : NONE;
    this.line[row] = line!;
    this.column[row] = column!;
    this.name[row] = count > 4 && at === wanted[row] ? name! : NONE;
  }

  /** @returns whether all wanted positions are done */
  endLine(): boolean {
    for (let row = this.#from + 1; row < this.#to; row++) {
      if (this.#best[row] !== -1) continue;
      this.source[row] = this.source[row - 1]!;
      this.line[row] = this.line[row - 1]!;
      this.column[row] = this.column[row - 1]!;
      if (this.#wanted.column[row] === this.#wanted.column[row - 1]) this.name[row] = this.name[row - 1]!;
    }
    this.#generatedLine++;
    this.#beginLine();
    return this.#from === this.#wanted.line.length;
  }

  /** The index of the first wanted position of the line at or after this column. */
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
