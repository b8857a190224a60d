import type { Node } from 'acorn';
import { childNodes, isFunction } from './function-places.js';
import { parse } from './parse.js';

export { lineIndex } from './line-index.js';

/** The ranges of all functions of a text; null if it does not parse. */
export function functionRanges(source: string): Pick<Node, 'start' | 'end'>[] | null {
  const asCommonJs = parse(source, 'commonjs');
  const parsed = 'problem' in asCommonJs ? parse(source, 'module') : asCommonJs;
  if ('problem' in parsed) return null;
  const ranges: Pick<Node, 'start' | 'end'>[] = [];
  const pending: Parameters<typeof childNodes>[0][] = [parsed.program];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (isFunction(node)) ranges.push({ start: node.start, end: node.end });
    pending.push(...childNodes(node));
  }
  return ranges;
}
