import type { Program } from 'acorn';
import { CURRENT_LABEL } from '../labels/label-names.js';
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
  /** Whether the text will replace that of a running script (live edit). Parts that cannot be replaced there stay unchanged. */
  readonly isRunning?: boolean;
  /** Of a running script, change only lines on which no code of the top level stands. V8 refuses an ES module if it sees a change there. */
  readonly innerLinesOnly?: boolean;
  /**
   * Of a running script: whether V8 mixes up the constructor and the fields of a class that has no constructor in its text (18 and 20). A script that may
   * run such a class again is left unchanged, as a problem.
   */
  readonly losesConstructors?: boolean;
  /** Whether each expression that may allocate runs below a function of the current label (see label-runtime.cts), which must be in the program. */
  readonly labels?: boolean;
}

export interface Transformed {
  /** The text to run instead of the original; the original itself if there is a problem. */
  readonly code: string;
  readonly positions: PositionTable;
  /** Offset, in both texts, for a statement that we may add: after the directives, or before the first statement; -1 if there is none. */
  readonly bodyStart: number;
  /** Why the text was left unchanged, in one line. */
  readonly problem?: string;
}

/** After the edit, `new` of such a class throws `TypeError: X is not a constructor`, and its functions can crash the program. */
const BARE_FIELDS =
  'V8 of Node 18 and 20 would lose the constructor of a class in it (a class inside of a function, with fields and without a constructor); launch the program with --lines';
const NO_POSITIONS: PositionTable = { wrappers: [], functions: [], edits: [] };

/**
 * Puts everything that allocates on a line into a function of its own, `((variables) => expression)(variables)`. V8 reports where functions
 * start, so it then reports lines. No line is added or moved. Never throws.
 *
 * The program can notice this in the texts of its functions, in the depth and text of its stacks (so also in `Function.prototype.caller`
 * and in where a recursion overflows), and in messages of V8 that quote the source (`foo(...).bar is not a function`). A wrapper closes
 * over `this`, `arguments` and the variables that its expression assigns, so a closure of the same function may keep these alive. Other
 * variables are passed as parameters.
 *
 * Some expressions are not wrapped and count on their function: what contains an `await`, a `yield` or a direct `eval`; functions and
 * classes that take the name of the variable they are assigned to; declarations; heap numbers, unless they would be counted on another
 * line. Closures of an object literal's members, and literals of constants with 64 lines or more, count on the line of the literal.
 */
export function transform(
  source: string,
  { sourceType, isRunning = false, innerLinesOnly = false, losesConstructors = false, labels = false }: TransformOptions,
): Transformed {
  const parsed = parse(source, sourceType);
  if ('problem' in parsed) return { code: source, positions: NO_POSITIONS, bodyStart: -1, problem: parsed.problem };
  try {
    return rewrite(source, parsed.program, { sourceType, isRunning, innerLinesOnly, losesConstructors, labels });
  } catch (error) {
    const problem = isTooDeep(error) ? 'nested too deeply to be transformed' : `cannot be transformed: ${String(error)}`;
    return { code: source, positions: NO_POSITIONS, bodyStart: -1, problem }; // our own faults must not stop the program
  }
}

function rewrite(source: string, program: Program, { sourceType, ...edit }: Required<TransformOptions>): Transformed {
  const index = lineIndex(source);
  const lines = sourceLines(source, index);
  const walk = new Walk(source, lines, visitor);
  walk.events.push({ kind: 'enter', at: 0, line: onlyLine(program, lines), lastEnd: NO_END, end: source.length, isInitialiser: false });
  walk.inScope(topLevelNames(program, sourceType), () => visitList(walk, program.body));
  walk.mark('leave', source.length);
  if (edit.losesConstructors && walk.hasBareFields) return { code: source, positions: NO_POSITIONS, bodyStart: -1, problem: BARE_FIELDS };
  const { events, names, references } = walk;
  const labels = edit.labels && !source.includes(CURRENT_LABEL); // the name has another meaning there
  const { code, table } = write(source, { index, lines }, { events, names, references, ...edit, labels });
  return { code, positions: table, bodyStart: bodyStart(program) };
}

/** The offset is the same in both texts, because no edit precedes it. */
function bodyStart({ body }: Program): number {
  const directives = body.findLastIndex((statement) => statement.type === 'ExpressionStatement' && statement.directive !== undefined);
  return directives === -1 ? (body[0]?.start ?? -1) : body[directives]!.end;
}

/** The line of a program that is on a single line, as minified ones are. */
function onlyLine({ body }: Program, { lineOf }: SourceLines): number {
  const first = body[0];
  if (first === undefined) return NO_LINE;
  const line = lineOf(first.start);
  return line === lineOf(body.at(-1)!.end) ? line : NO_LINE;
}

/** Parameters of the function around a CommonJS module. A `var` of the same name is the same variable. */
const COMMONJS_PARAMETERS = new Set(['exports', 'require', 'module', '__filename', '__dirname']);

/** The variables of a module belong to a function that V8 runs once. Those of a script belong to the global object. */
function topLevelNames({ body }: Program, sourceType: SourceType): Parameters<Walk['inScope']>[0] {
  if (sourceType === 'script') return [];
  const isParameter = (name: string) => sourceType === 'commonjs' && COMMONJS_PARAMETERS.has(name);
  const variables = body.flatMap((statement) => varNames(statement)).map((name) => ({ name, from: 0, isParameter: isParameter(name) }));
  return [...variables, ...lexicalNames(body)];
}
