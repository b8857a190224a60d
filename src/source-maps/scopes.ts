import { VlqReader } from '../text/vlq.js';
import { MapProblem } from './map-problem.js';

/*
 * The scopes of a source map (ECMA-426, proposal "Scopes"): items between commas, each a tag and numbers in base64 VLQ. The original scopes come
 * first, as a tree in order. Then come the ranges of the generated text, as another tree, each with the number of its original scope.
 */

const [SCOPE_START, SCOPE_END, RANGE_START, RANGE_END] = [1, 2, 4, 5];
const SCOPE = { hasName: 1, hasKind: 2, isFunction: 4 } as const;
const RANGE = { hasLine: 1, hasDefinition: 2 } as const;

/** A part of the generated text that is the code of one function of the sources. 0-based. */
export interface FunctionRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** null: the function has no name, or this is code of no function. */
  readonly name: string | null;
}

interface OpenRange {
  readonly line: number;
  readonly column: number;
  readonly name: string | null;
}

/** Each range comes before those inside of it. @throws MapProblem */
export function functionRanges(scopes: string, names: readonly string[]): FunctionRange[] {
  /** By number of a scope: the name of the function that it belongs to. */
  const functions: (string | null)[] = [];
  const openScopes: (string | null)[] = [];
  const openRanges: { range: OpenRange; at: number }[] = [];
  const found: (FunctionRange | null)[] = [];
  let [name, definition, line, column] = [0, 0, 0, 0];
  for (const item of scopes.split(',')) {
    const reader = new VlqReader(item, () => new MapProblem('its scopes are damaged'));
    const tag = reader.isAtEnd ? 0 : reader.unsigned();
    if (tag === SCOPE_START) {
      const flags = reader.unsigned();
      reader.unsigned();
      reader.unsigned();
      if (flags & SCOPE.hasName) name += reader.signed();
      const own = flags & SCOPE.isFunction ? (flags & SCOPE.hasName ? (names[name] ?? null) : null) : (openScopes.at(-1) ?? null);
      openScopes.push(own);
      functions.push(own);
    } else if (tag === SCOPE_END) openScopes.pop();
    else if (tag === RANGE_START) {
      const flags = reader.unsigned();
      if (flags & RANGE.hasLine) [line, column] = [line + reader.unsigned(), 0];
      column += reader.unsigned();
      if (flags & RANGE.hasDefinition) definition += reader.signed();
      const own = flags & RANGE.hasDefinition ? (functions[definition] ?? null) : (openRanges.at(-1)?.range.name ?? null);
      openRanges.push({ range: { line, column, name: own }, at: found.push(null) - 1 });
    } else if (tag === RANGE_END) {
      const first = reader.unsigned();
      if (reader.isAtEnd) column += first;
      else [line, column] = [line + first, reader.unsigned()];
      const open = openRanges.pop();
      if (open) found[open.at] = { ...open.range, endLine: line, endColumn: column };
    }
  }
  return found.filter((range) => range !== null);
}

/** The name of the innermost function around a place; null if it has none, or if the scopes do not tell. */
export function functionNameAt(ranges: readonly FunctionRange[], line: number, column: number): string | null {
  const isInside = (range: FunctionRange) =>
    (range.line < line || (range.line === line && range.column <= column)) &&
    (line < range.endLine || (line === range.endLine && column < range.endColumn));
  return ranges.findLast(isInside)?.name ?? null;
}
