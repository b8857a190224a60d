import { normalFilename } from '../../collect/stacks/filenames.js';
import type { Heap } from '../heap/heap.js';
import type { HeapPlace } from './node-text.js';

/** Where an object was allocated; null if that is not known. */
export type PlaceOf = (node: number) => HeapPlace | null;

const MOST_OFFERED = 3;

/** What has no class is found by its kind in parentheses, as statistics by type name it: `(string)`, `(closure)`, `(array)`. */
export function nodesOfType(heap: Heap, type: string): number[] {
  const { nodes, strings } = heap.columns;
  const isWanted = nodes.types.map((kind) => (kind.endsWith('string') ? '(string)' : `(${kind})`) === type);
  const named = new Int8Array(strings.length); // 0: nobody has asked yet
  const isNamed = (string: number) => {
    if (named[string] === 0) named[string] = strings.text(string) === type ? 1 : -1;
    return named[string] === 1;
  };
  const found: number[] = [];
  const functions: number[] = [];
  for (let node = 0; node < nodes.length; node++) {
    const kind = nodes.types[nodes.type[node]!]!;
    if (isWanted[nodes.type[node]!]) found.push(node);
    else if ((kind === 'object' || kind === 'native') && isNamed(nodes.name[node]!)) found.push(node);
    else if (kind === 'closure' && isNamed(nodes.name[node]!)) functions.push(node);
  }
  return found.length > 0 ? found : functions;
}

/** The names of classes that are most like this one. */
export function similarTypes(heap: Heap, type: string): string[] {
  const { nodes, strings } = heap.columns;
  const object = nodes.types.indexOf('object');
  const names = new Set<number>();
  for (let node = 0; node < nodes.length; node++) if (nodes.type[node] === object) names.add(nodes.name[node]!);
  const wanted = type.toLowerCase();
  const texts = [...names].map((name) => strings.text(name)).filter((name) => name !== '');
  const rated = texts.map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }));
  const near = rated.filter(({ name, distance }) => {
    const shorter = Math.min(type.length, name.length);
    // Of the classes of a minified program, which have one or two letters, each would be near to the other.
    return distance <= Math.max(1, shorter / 2) && distance < shorter;
  });
  return near
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST_OFFERED)
    .map(({ name }) => name);
}

/** The objects that were allocated at this line. `file` is the end of a path. */
export function nodesOfPlace(heap: Heap, { filename, lineno }: Pick<HeapPlace, 'filename' | 'lineno'>, placeOf: PlaceOf): number[] {
  const found: number[] = [];
  for (let node = 0; node < heap.nodeCount; node++) {
    const place = placeOf(node);
    if (place !== null && place.lineno === lineno && endsWithPath(place.filename, filename)) found.push(node);
  }
  return found;
}

/** The newest frame of the program itself, as the snapshot tells it: V8 names the line on which the function begins. */
export function placeInSnapshot(heap: Heap): PlaceOf {
  const { nodes, traces } = heap.columns;
  if (traces === null || nodes.traceNode === null) return () => null;
  const { traceNode } = nodes;
  const known = new Map<number, HeapPlace | null>([[0, null]]);
  return (node) => {
    const trace = traceNode[node]!;
    const place = known.get(trace);
    if (place !== undefined) return place;
    const frames = heap
      .allocationStack(node)
      .map(({ scriptName, line, column }) => ({ filename: normalFilename(scriptName), lineno: line, column }));
    const own = frames.find(({ filename }) => !filename.startsWith('node:') && filename !== '<anonymous>') ?? frames[0] ?? null;
    known.set(trace, own);
    return own;
  };
}

function endsWithPath(path: string, end: string): boolean {
  return path === end || path.endsWith(`/${end.replace(/^(\.?\/)+/, '')}`);
}

/** Levenshtein's, with a text within the other counted as near. */
function distanceOf(a: string, b: string): number {
  if (b.includes(a) || a.includes(b)) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
