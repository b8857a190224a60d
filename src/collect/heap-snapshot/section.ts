/**
 * The number of bytes that are scanned at a time. It is small, so that a loop over them ends before V8 replaces the running code
 * (OSR). Otherwise V8 11 would compile the loop without the code that follows it, and drop that compiled code at every later call.
 */
export const PIECE = 1 << 12;

/** A part of the snapshot's text in UTF-8. V8 itself writes ASCII only, with escapes. */
export interface Piece {
  /** Reused for later pieces. */
  readonly codes: Buffer;
  /** The piece ends before this byte, which is 0. */
  readonly end: number;
}

/** Reads one JSON value from its first character on, a piece at a time. */
export interface Section {
  /** Whether the value has ended. */
  readonly done: boolean;
  /** Continues at `from`. Returns the position after the last character read. */
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
