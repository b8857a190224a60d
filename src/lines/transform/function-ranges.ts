import type { Node } from 'acorn';
import { childNodes, isFunction } from './function-places.js';
import { lineIndex } from './line-index.js';
import { parse } from './parse.js';

interface FunctionRanges {
  /** Of all functions of the text, as offsets. */
  readonly ranges: readonly Pick<Node, 'start' | 'end'>[];
  /** By 0-based line: the offset at which it starts. */
  readonly lineStarts: ArrayLike<number>;
}

/** null if the text does not parse. */
export function functionRanges(source: string): FunctionRanges | null {
  const asCommonJs = parse(source, 'commonjs');
  const parsed = 'problem' in asCommonJs ? parse(source, 'module') : asCommonJs;
  if ('problem' in parsed) return null;
  const ranges: Pick<Node, 'start' | 'end'>[] = [];
  const pending: Parameters<typeof childNodes>[0][] = [parsed.program];
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (isFunction(node)) ranges.push({ start: node.start, end: node.end });
    pending.push(...childNodes(node));
  }
  return { ranges, lineStarts: lineIndex(source).starts };
}
