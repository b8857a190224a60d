import { encodePositions } from '../table/codec.js';
import { REGISTER } from '../table/global-names.js';
import { HEAD, keyOf } from '../table/head.js';
import { lineIndex } from '../transform/line-index.js';
import type { Transformed } from '../transform/transform.js';

const ARROW = '()=>';
const LINE_SEPARATORS = /[\u2028\u2029]/g;

/** A script's name as V8 reports it, and its encoded site table. */
export type Script = readonly [url: string, table: string];

/**
 * The transformed text with one more statement, behind the directives or before the first statement: it registers the script, and a closure that
 * keeps it alive. In an arrow of its own, so that what it allocates can be told from the program's. Node prints the line with an error that is
 * thrown there, so the table, which is long, is only named in it.
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

/** V8 counts these two as ends of lines, even in a string; JSON leaves them as they are. */
function literal(url: string): string {
  return JSON.stringify(url).replace(LINE_SEPARATORS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
