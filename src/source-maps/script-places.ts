import type { StackTable } from '../model/stack-table.js';
import { identifierColumns, lastPart } from './function-identifiers.js';
import { MapProblem } from './map-problem.js';
import { type Original, originalsOf } from './originals.js';
import type { MapSection } from './read-map.js';
import { functionNameAt, functionRanges } from './scopes.js';

/** The locations of one script, in the order of its text. */
export interface Script {
  readonly filename: string;
  readonly table: StackTable;
  readonly locations: Uint32Array;
}

export interface OriginalPlace extends Original {
  /** undefined: V8's name of the function is as good as any. */
  readonly functionName?: string | undefined;
}

/** A position in the text of the script, 0-based, and what it is asked for. */
interface Question {
  readonly line: number;
  readonly column: number;
  /** Index of the location. */
  readonly of: number;
  /** Which of the possible identifiers of the location's function it is; -1: the location itself. */
  readonly rank: number;
}

/**
 * The original places of a script's locations, by index. null for a location that has none, `'wrong'` if the map gives an impossible place.
 *
 * @param textOf the lines of the text that ran; undefined if nobody has it
 * @throws MapProblem
 */
export function placesOf(
  sections: readonly MapSection[],
  { table, locations }: Script,
  textOf: () => readonly string[] | undefined,
): (OriginalPlace | null | 'wrong')[] {
  const positions = [...locations].map((location) => ({
    line: table.locationLine[location]! - 1,
    column: Math.max(0, table.locationColumn[location]! - 1),
  }));
  const functionOf = (i: number) => table.functionNames[table.locationFunction[locations[i]!]!]!;
  const lines = sections.some(({ names }) => names.length > 0) ? textOf() : undefined;
  const questions = positions.flatMap(({ line, column }, of): Question[] => {
    const name = lastPart(functionOf(of));
    const place = { name, column, isInside: table.locationIsLine[locations[of]!] === 1 };
    const identifiers = name === '' ? [] : identifierColumns(place, lines?.[line]);
    return [{ line, column, of, rank: -1 }, ...identifiers.map((at, rank) => ({ line, column: at, of, rank }))];
  });
  questions.sort((a, b) => a.line - b.line || a.column - b.column);
  const answers = originalsOf(sections, { line: columnOf(questions, 'line'), column: columnOf(questions, 'column') });
  const places = new Array<OriginalPlace | null | 'wrong'>(positions.length).fill(null);
  const identifiers = positions.map((): (string | undefined)[] => []);
  questions.forEach(({ of, rank }, i) => {
    const answer = answers[i]!;
    if (rank < 0) places[of] = answer;
    else if (answer !== null && answer !== 'wrong' && answer.name !== null) identifiers[of]![rank] = answer.name;
  });
  const inScopes = namesInScopes(sections);
  return places.map((place, i) => {
    if (place === null || place === 'wrong') return place;
    const { line, column } = positions[i]!;
    const functionName =
      inScopes(line, column) ??
      renamed(
        functionOf(i),
        identifiers[i]!.find((name) => name !== undefined),
      );
    return { ...place, functionName };
  });
}

/** `exports.s` is `exports.rememberPage` in the source. */
function renamed(functionName: string, identifier: string | undefined): string | undefined {
  const last = lastPart(functionName);
  return identifier === undefined || identifier === last
    ? undefined
    : functionName.slice(0, functionName.length - last.length) + identifier;
}

function columnOf(questions: readonly Question[], field: 'line' | 'column'): Uint32Array {
  return Uint32Array.from(questions, (question) => question[field]);
}

/** Looks up the name of the function at a position in the scopes of the sections, in which positions count from the section's start. */
function namesInScopes(sections: readonly MapSection[]): (line: number, column: number) => string | undefined {
  const ranges = sections.flatMap(({ scopes, names, line, column }) =>
    scopes === '' ? [] : [{ line, column, ranges: rangesOf(scopes, names) }],
  );
  return (line, column) => {
    const section = ranges.findLast((one) => one.line < line || (one.line === line && one.column <= column));
    if (section === undefined) return undefined;
    return functionNameAt(section.ranges, line - section.line, line === section.line ? column - section.column : column) ?? undefined;
  };
}

/** Damaged scopes cost only names. */
function rangesOf(scopes: string, names: readonly string[]): ReturnType<typeof functionRanges> {
  try {
    return functionRanges(scopes, names);
  } catch (error) {
    if (error instanceof MapProblem) return [];
    throw error;
  }
}
