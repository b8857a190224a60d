import type { Program } from 'acorn';
import type { PositionTable } from '../table/position-table.js';
import { lexicalNames, varNames } from './bindings.js';
import { NO_END, NO_LINE } from './events.js';
import { visitList } from './functions.js';
import { lineIndex } from './line-index.js';
import { type SourceLines, sourceLines } from './mapped-lines.js';
import { isTooDeep, parse, type SourceType } from './parse.js';
import { visitor } from './visitors.js';
import { Walk } from './walk.js';
import { write } from './write.js';

export interface TransformOptions {
  readonly sourceType: SourceType;
  /** true: the text is to replace that of a script which runs already (live edit). What cannot be replaced there stays as it is. */
  readonly isRunning?: boolean;
}

export interface Transformed {
  /** The text to run in place of the original; the original itself where there is a problem. */
  readonly code: string;
  readonly positions: PositionTable;
  /** Offset, in both texts, at which a statement of ours may stand: behind the directives, else before the first statement; -1 if there is none. */
  readonly bodyStart: number;
  /** Why the text was left as it is, in one line. */
  readonly problem?: string;
}

const NO_POSITIONS: PositionTable = { wrappers: [], functions: [], edits: [] };

/**
 * Gives every line that allocates a function of its own, `((variables) => expression)(variables)`, so that V8, which reports where functions
 * start, reports lines. No line is added or moved. Never throws.
 *
 * What the program can tell: its functions' texts; the depth and the text of its stacks, and with them `Function.prototype.caller` and where
 * a recursion overflows; those messages of V8's that quote the source (`foo(...).bar is not a function`). A wrapper closes over `this`,
 * `arguments` and the variables that its expression assigns, so a closure of the same function may keep these alive; others are handed over.
 *
 * Not wrapped, so counted on their function: what stands around an `await`, a `yield` or a direct `eval`; functions and classes that take
 * the name of what they are assigned to; declarations; heap numbers (wrapped only where they would be counted on a foreign line). Closures
 * of an object literal's members, and literals of constants of 64 lines and more, count on the line of the literal.
 */
export function transform(source: string, { sourceType, isRunning = false }: TransformOptions): Transformed {
  const parsed = parse(source, sourceType);
  if ('problem' in parsed) return { code: source, positions: NO_POSITIONS, bodyStart: -1, problem: parsed.problem };
  try {
    return rewrite(source, parsed.program, { sourceType, isRunning });
  } catch (error) {
    const problem = isTooDeep(error) ? 'nested too deeply to be transformed' : `cannot be transformed: ${String(error)}`;
    return { code: source, positions: NO_POSITIONS, bodyStart: -1, problem }; // whatever is wrong with us, the program must run
  }
}

function rewrite(source: string, program: Program, { sourceType, isRunning }: Required<TransformOptions>): Transformed {
  const index = lineIndex(source);
  const lines = sourceLines(source, index);
  const walk = new Walk(source, lines, visitor);
  walk.events.push({ kind: 'enter', at: 0, line: onlyLine(program, lines), bareEnd: NO_END, isInitialiser: false });
  walk.inScope(topLevelNames(program, sourceType), () => visitList(walk, program.body));
  walk.mark('leave', source.length);
  const { events, names, references } = walk;
  const { code, table } = write(source, { index, lines }, { events, names, references, isRunning });
  return { code, positions: table, bodyStart: bodyStart(program) };
}

/** No edit stands before it. */
function bodyStart({ body }: Program): number {
  const directives = body.findLastIndex((statement) => statement.type === 'ExpressionStatement' && statement.directive !== undefined);
  return directives === -1 ? (body[0]?.start ?? -1) : body[directives]!.end;
}

/** The line of a program that is all on one, as minified ones are. */
function onlyLine({ body }: Program, { lineOf }: SourceLines): number {
  const first = body[0];
  if (first === undefined) return NO_LINE;
  const line = lineOf(first.start);
  return line === lineOf(body.at(-1)!.end) ? line : NO_LINE;
}

/** Of the function that a CommonJS module is the body of: a `var` of the same name is the same variable. */
const COMMONJS_PARAMETERS = new Set(['exports', 'require', 'module', '__filename', '__dirname']);

/** The variables of a module are those of a function that V8 runs once; a script's are the global object's. */
function topLevelNames({ body }: Program, sourceType: SourceType): Parameters<Walk['inScope']>[0] {
  if (sourceType === 'script') return [];
  const isParameter = (name: string) => sourceType === 'commonjs' && COMMONJS_PARAMETERS.has(name);
  const variables = body.flatMap((statement) => varNames(statement)).map((name) => ({ name, from: 0, parameter: isParameter(name) }));
  return [...variables, ...lexicalNames(body)];
}
