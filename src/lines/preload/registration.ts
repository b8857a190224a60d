import { encodePositions } from '../table/codec.js';
import { REGISTER } from '../table/global-names.js';
import { HEAD, keyOf } from '../table/head.js';
import { lineIndex } from '../transform/line-index.js';
import type { Transformed } from '../transform/transform.js';

const ARROW = '()=>';
const LINE_SEPARATORS = /[\u2028\u2029]/g;

/** A script's name as V8 reports it, and its encoded position table. */
export type Script = readonly [url: string, table: string];

/**
 * Adds a statement to the transformed text, after the directives or before the first statement. It registers the script, with a closure
 * that keeps the script alive. The statement is inside an arrow of its own, so that its allocations can be told from the program's. It only
 * names the table, which is long, because Node prints this line if an error is thrown on it.
 */
export function withRegistration(
  { code, positions, bodyStart }: Transformed,
  url: string,
): { readonly text: string; readonly script: Script } {
  const { starts, lineOf } = lineIndex(code.slice(0, bodyStart));
  const line = lineOf(bodyStart);
  const before = `;(${ARROW}${REGISTER}(()=>{},${literal(url)},"`;
  const after = '"))();';
  const length = before.length + HEAD + after.length;
  const table = encodePositions(positions, { line, column: bodyStart - starts[line]!, length, arrow: before.indexOf(ARROW) });
  return { text: code.slice(0, bodyStart) + before + keyOf(table) + after + code.slice(bodyStart), script: [url, table] };
}

/** V8 treats these two characters as line ends, even in a string, and JSON does not escape them. */
function literal(url: string): string {
  return JSON.stringify(url).replace(LINE_SEPARATORS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
