import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type AnyNode, parse } from 'acorn';
import type { Frame } from '../../src/model/frame.js';
import { repoPath } from './paths.js';

/**
 * Of a `clean` function of `fixtures/growth` nothing stays; of one that `leaks`, something stays each time; of an `indirect` one, something that Node
 * or a package allocates.
 */
export type SubjectKind = 'clean' | 'leaks' | 'indirect';

export type Place = Pick<Frame, 'filename' | 'lineno' | 'functionName' | 'precision'>;

export function subjectNames(kind: SubjectKind): string[] {
  return readdirSync(repoPath('fixtures/growth', kind)).map((file) => basename(file, '.cjs'));
}

export function subjectFile(kind: SubjectKind, name: string): string {
  return repoPath('fixtures/growth', kind, `${name}.cjs`);
}

/** On each line that allocates what the leak keeps, or alone on the next one: the formatter moves it there from the head of a function. */
const MARKER = /^(.*)\/\/ leaks$/;

/** Whether a frame stands on a line that leaks or, if V8 tells only where its function starts, on the start of the function around such a line. */
export function isLeakingPlace(file: string): (place: Place | undefined) => boolean {
  const source = readFileSync(file, 'utf8');
  const lines = source.split('\n').flatMap((text, index) => {
    const marked = MARKER.exec(text);
    return marked === null ? [] : [marked[1]!.trim() === '' ? index : index + 1];
  });
  if (lines.length === 0) throw new Error(`no line of ${file} ends with the comment of a leak`);
  const functions = functionsIn(parse(source, { ecmaVersion: 'latest', locations: true }));
  // a function that starts on the line is what the line allocates
  const starts = lines.map((line) => functions.findLast(({ first, last }) => first < line && line <= last)?.first ?? 1);
  const places = { line: new Set(lines), function: new Set([...lines, ...starts]) };
  return (place) => place !== undefined && place.filename === file && places[place.precision].has(place.lineno);
}

interface LineRange {
  readonly first: number;
  readonly last: number;
}

/** Outer functions first. A class is the function that fills its fields, for which V8 gives the line of the class. */
function functionsIn(node: AnyNode): LineRange[] {
  const inner = Object.values(node).flat().filter(isNode).flatMap(functionsIn);
  return /Function|^Class(Declaration|Expression)$/.test(node.type)
    ? [{ first: node.loc!.start.line, last: node.loc!.end.line }, ...inner]
    : inner;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}
