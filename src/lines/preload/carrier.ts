import { lineIndex } from '../line-index.js';
import { encodeSites } from '../site-codec.js';
import type { Transformed } from '../transform.js';
import { REGISTER } from './names.js';

const ARROW = '()=>';
const LINE_SEPARATORS = /[\u2028\u2029]/g;

/**
 * The transformed text with one more statement, behind the directives or before the first statement: it registers the script with its
 * table, and a closure that keeps the script alive. In an arrow of its own, so that what it allocates can be told from the program's.
 */
export function withCarrier({ code, sites, bodyStart }: Transformed, url: string): string {
  const { starts, lineOf } = lineIndex(code.slice(0, bodyStart));
  const line = lineOf(bodyStart);
  const before = `;(${ARROW}${REGISTER}(()=>{},${literal(url)},"`;
  const after = '"))();';
  const length = before.length + after.length;
  const table = encodeSites(sites, { line, column: bodyStart - starts[line]!, length, arrow: before.indexOf(ARROW) });
  return code.slice(0, bodyStart) + before + table + after + code.slice(bodyStart);
}

/** V8 counts these two as ends of lines, even in a string; JSON leaves them as they are. */
function literal(url: string): string {
  return JSON.stringify(url).replace(LINE_SEPARATORS, (character) => `\\u${character.charCodeAt(0).toString(16)}`);
}
