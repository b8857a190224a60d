/**
 * Code units that are scanned at a time. Few enough that a loop over them ends before V8 replaces it on the spot (OSR): V8 11 would compile
 * it without what follows the loop, and fall out of that code on every later call.
 */
export const PIECE = 1 << 12;

/** A stretch of the snapshot's text, as code units to scan and as the string to cut names from. */
export interface Piece {
  readonly text: string;
  /** Holds the code units of `text` with a 0 behind them; used again for the next piece. */
  readonly codes: Uint16Array;
}

/** What reads one JSON value, a piece at a time, from its first character. */
export interface Section {
  /** The value has ended. */
  readonly done: boolean;
  /** Reads on from `from`; returns the position behind what it took. */
  scan(piece: Piece, from: number): number;
}

export const NEWLINE = 10;
export const QUOTE = 34;
export const COMMA = 44;
export const ZERO = 48;
export const COLON = 58;
export const OPEN_ARRAY = 91;
export const BACKSLASH = 92;
export const CLOSE_ARRAY = 93;
export const OPEN_OBJECT = 123;
export const CLOSE_OBJECT = 125;

export function isSpace(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
