import type { GraphColumns } from '../columns/graph-columns.js';

const MAP = /^system \/ Map \((?:Uncached)?(?:Shared)?(?:Uncached)?External(?:One|Two)ByteString\)$/;

/**
 * Whether a string has its text outside of the heap. V8 tells only by the string's map. From Node 24 on the text counts as part of the
 * string; before, V8 does not say how long it is.
 */
export function isExternalString({ nodes, edges, strings }: GraphColumns): (node: number) => boolean {
  const maps = new Uint8Array(strings.length);
  let isAny = false;
  for (let string = 0; string < maps.length; string++) {
    if (!strings.raw(string).startsWith('system / Map (') || !MAP.test(strings.text(string))) continue;
    maps[string] = 1;
    isAny = true;
  }
  if (!isAny) return () => false;
  const { firstEdge, name } = nodes;
  return (node) => {
    const end = firstEdge[node + 1]!;
    for (let edge = firstEdge[node]!; edge < end; edge++) if (maps[name[edges.to[edge]!]!] === 1) return true;
    return false;
  };
}
