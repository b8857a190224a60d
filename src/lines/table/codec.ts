import { BadProfileError } from '../../errors.js';
import { fnv1a } from '../../text/fnv-hash.js';
import { HEAD, LENGTH_DIGITS, VERSION } from './head.js';
import type { PositionTable } from './position-table.js';
import { DIGITS, fixed, Reader, readFixed, Writer } from './table-text.js';

/** The statement in the transformed text that names the table. It moves everything after it on its line. */
export interface Registration {
  /** 0-based, as in the position table. */
  readonly line: number;
  readonly column: number;
  /** Length in characters. */
  readonly length: number;
  /** Offset of the arrow in the statement. The arrow allocates on our behalf. */
  readonly arrow: number;
}

export const NOBODY = -1;

/**
 * Encodes a position table as text that needs no escapes in a string literal, about nine characters a wrapper. Each wrapper is written
 * together with the edit that opens it, and all numbers as differences. A version, the length of the statement that names the table, and a
 * checksum come first.
 */
export function encodePositions(table: PositionTable, registration?: Registration): string {
  const body = new Writer();
  body.unsigned(registration?.line ?? 0);
  body.unsigned(registration?.column ?? 0);
  body.unsigned(registration?.arrow ?? 0);
  writeEdits(body, table);
  writeFunctions(body, table.functions);
  const text = body.text();
  const length = fixed(registration?.length ?? 0, LENGTH_DIGITS);
  return VERSION + length + checksum(length + text) + text;
}

/**
 * Decodes the table for the text that V8 has. If there is a registration statement, its characters count as an edit, and its arrow as a
 * wrapper at line and column -1, because its allocations belong to nobody.
 * @throws BadProfileError if the text is not a complete table
 */
export function decodePositions(text: string): PositionTable {
  const length = text.slice(1, 1 + LENGTH_DIGITS);
  const body = text.slice(HEAD);
  if (text[0] !== VERSION || text.length < HEAD) throw new BadProfileError('the table of lines is not one that this version can read');
  if (text.slice(1 + LENGTH_DIGITS, HEAD) !== checksum(length + body)) throw new BadProfileError('the table of lines is damaged');
  const reader = new Reader(body);
  const registration = { line: reader.unsigned(), column: reader.unsigned(), arrow: reader.unsigned(), length: readFixed(length) };
  const table = { ...readEdits(reader), functions: readFunctions(reader) };
  if (!reader.isAtEnd) throw new BadProfileError('the table of lines is damaged');
  return registration.length === 0 ? table : withRegistration(table, registration);
}

function writeEdits(body: Writer, { edits, wrappers }: PositionTable): void {
  body.unsigned(edits.length / 3);
  let wrapper = 0;
  let [line, end, inserted] = [0, 0, 0];
  for (let i = 0; i < edits.length; i += 3) {
    const [editLine, column, length] = [edits[i]!, edits[i + 1]!, edits[i + 2]!];
    const offset = wrappers[wrapper + 1]! - column;
    const opens = wrappers[wrapper] === editLine && offset >= 0 && offset <= length;
    const isOtherLine = editLine !== line;
    body.unsigned(length * 4 + (opens ? 2 : 0) + (isOtherLine ? 1 : 0));
    if (isOtherLine) {
      body.unsigned(editLine - line);
      [line, end, inserted] = [editLine, 0, 0];
    }
    body.unsigned(column - end);
    if (opens) {
      body.unsigned(offset);
      body.signed(wrappers[wrapper + 2]! - line);
      body.signed(wrappers[wrapper + 3]! - (column - inserted));
      wrapper += 4;
    }
    end = column + length;
    inserted += length;
  }
  if (wrapper !== wrappers.length) throw new Error('a wrapper has no edit');
}

function readEdits(reader: Reader): { edits: number[]; wrappers: number[] } {
  const edits: number[] = [];
  const wrappers: number[] = [];
  let [line, end, inserted] = [0, 0, 0];
  for (let left = reader.unsigned(); left > 0; left--) {
    const packed = reader.unsigned();
    const length = Math.floor(packed / 4);
    if (packed % 2 === 1) [line, end, inserted] = [line + reader.unsigned(), 0, 0];
    const column = end + reader.unsigned();
    edits.push(line, column, length);
    if (packed % 4 >= 2) {
      wrappers.push(line, column + reader.unsigned(), line + reader.signed(), column - inserted + reader.signed());
    }
    end = column + length;
    inserted += length;
  }
  return { edits, wrappers };
}

function writeFunctions(body: Writer, functions: readonly number[]): void {
  body.unsigned(functions.length / 4);
  let line = 0;
  for (let i = 0; i < functions.length; i += 4) {
    body.signed(functions[i]! - line);
    body.unsigned(functions[i + 1]!);
    body.signed(functions[i + 2]! - functions[i]!);
    body.signed(functions[i + 3]! - functions[i + 1]!);
    line = functions[i]!;
  }
}

function readFunctions(reader: Reader): number[] {
  const functions: number[] = [];
  let line = 0;
  for (let left = reader.unsigned(); left > 0; left--) {
    line += reader.signed();
    const column = reader.unsigned();
    functions.push(line, column, line + reader.signed(), column + reader.signed());
  }
  return functions;
}

function withRegistration({ wrappers, functions, edits }: PositionTable, { line, column, arrow, length }: Registration): PositionTable {
  const follows = (at: number, from: number) => at === line && from >= column;
  const shifted = (table: readonly number[], step: number) =>
    table.map((value, i) => (i % step === 1 && follows(table[i - 1]!, value) ? value + length : value));
  let before = 0;
  while (before < edits.length && (edits[before]! < line || (edits[before] === line && edits[before + 1]! < column))) before += 3;
  const all = shifted(edits, 3);
  const moved = shifted(functions, 4);
  if (functions[0] === 0 && functions[1] === 0) moved[1] = 0; // the program itself starts before any statement that we add
  return {
    wrappers: [line, column + arrow, NOBODY, NOBODY, ...shifted(wrappers, 4)],
    functions: moved,
    edits: [...all.slice(0, before), line, column, length, ...all.slice(before)],
  };
}

/** 30 bits of FNV-1a. */
function checksum(text: string): string {
  return fixed(fnv1a(text) >>> 2, DIGITS_OF_30_BITS);
}

const DIGITS_OF_30_BITS = 30 / Math.log2(DIGITS.length);
