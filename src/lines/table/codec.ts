import { BadProfileError } from '../../errors.js';
import { fnv1a } from '../../text/fnv-hash.js';
import { HEAD, LENGTH_DIGITS, VERSION } from './head.js';
import type { PositionTable } from './position-table.js';
import { DIGITS, fixed, Reader, readFixed, Writer } from './vlq.js';

/** The statement that is put into the transformed text and names the table: it moves what follows it on its line. */
export interface Registration {
  /** 0-based, as in the site table. */
  readonly line: number;
  readonly column: number;
  /** Number of its characters. */
  readonly length: number;
  /** Where in it the arrow begins that allocates on our behalf. */
  readonly arrow: number;
}

export const NOBODY = -1;

/**
 * A site table as text that a string literal can hold as it is, about nine characters a wrapper. The wrappers are told with the edits that open
 * them, everything as differences. In front of that stand a version, the number of characters of the statement that names the table
 * and a checksum.
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
 * The table of the text as V8 has it: with the statement's characters, if there is one, as an edit, and its arrow as a wrapper that stands
 * for line and column -1: what is allocated there is nobody's.
 * @throws BadProfileError when the text is no table, or not a whole one
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
    const turns = editLine !== line;
    body.unsigned(length * 4 + (opens ? 2 : 0) + (turns ? 1 : 0));
    if (turns) {
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
  if (wrapper !== wrappers.length) throw new Error('a wrapper stands at no edit');
}

function readEdits(reader: Reader): { edits: number[]; wrappers: number[] } {
  const edits: number[] = [];
  const wrappers: number[] = [];
  let [line, end, inserted] = [0, 0, 0];
  for (let left = reader.unsigned(); left > 0; left--) {
    const kind = reader.unsigned();
    const length = Math.floor(kind / 4);
    if (kind % 2 === 1) [line, end, inserted] = [line + reader.unsigned(), 0, 0];
    const column = end + reader.unsigned();
    edits.push(line, column, length);
    if (kind % 4 >= 2) {
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
  if (functions[0] === 0 && functions[1] === 0) moved[1] = 0; // the program itself, which starts before any statement of ours
  return {
    wrappers: [line, column + arrow, NOBODY, NOBODY, ...shifted(wrappers, 4)],
    functions: moved,
    edits: [...all.slice(0, before), line, column, length, ...all.slice(before)],
  };
}

/** FNV-1a, 30 bits of it. */
function checksum(text: string): string {
  return fixed(fnv1a(text) >>> 2, DIGITS_OF_30_BITS);
}

const DIGITS_OF_30_BITS = 30 / Math.log2(DIGITS.length);
