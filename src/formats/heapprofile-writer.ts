import { UsageError } from '../errors.js';
import { compact } from '../model/compact.js';
import { RowInterner } from '../model/row-interner.js';
import { frameAt, type StackTable } from '../model/stack-table.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { safeJson } from '../text/printable.js';
import type { Format } from './format.js';
import { startAsText, textAsBytes } from './text-parts.js';

/** Chrome's sampling heap profile: `HeapProfiler.SamplingHeapProfile` of the DevTools protocol, as JSON. Positions are 0-based. */
export const heapprofile: Format = {
  name: 'heapprofile',
  description: 'a heap profile of Chrome',
  extensions: ['.heapprofile'],
  sniff: (start) => /^\s*\{/.test(startAsText(start)),
  write({ snapshot, old }) {
    if (old) throw new UsageError('a heapprofile cannot hold a difference; export each snapshot by itself, or choose another format');
    return textAsBytes(documentOf(snapshot));
  },
};

const ROOT_FRAME = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };

/** The tree of all stacks, as columns. Node 0 is the root. The number of a child is higher than that of its parent. */
interface Tree {
  readonly location: readonly number[];
  readonly children: readonly (readonly number[])[];
  /** The node of each traceback. */
  readonly nodeOf: Uint32Array;
}

function* documentOf(snapshot: Snapshot): Iterable<string> {
  const { table, columns } = compact(snapshot);
  const tree = treeOf(table);
  const sizes = columns.size.map(Math.round);
  const selfSize = new Float64Array(tree.children.length);
  for (let i = 0; i < sizes.length; i++) selfSize[tree.nodeOf[columns.traceback[i]!]!]! += sizes[i]!;
  yield '{"head":';
  yield* nodes(tree, table, selfSize);
  yield ',"samples":[';
  for (let i = 0; i < sizes.length; i++) {
    const nodeId = tree.nodeOf[columns.traceback[i]!]! + 1;
    yield `${i === 0 ? '' : ','}{"size":${sizes[i]},"nodeId":${nodeId},"ordinal":${columns.birth?.[i] ?? i + 1}}`;
  }
  yield ']}\n';
}

function treeOf(table: StackTable): Tree {
  const interner = new RowInterner();
  const location = [-1];
  const children: number[][] = [[]];
  const edge = new Uint32Array(2);
  const nodeOf = new Uint32Array(table.totalFrames.length);
  const isRoot = Array.from(table.locationFile, (file, id) => table.filenames[file] === '<root>' && table.locationLine[id] === 0);
  for (let t = 0; t < nodeOf.length; t++) {
    let node = 0;
    for (let i = table.tracebackStart[t]!; i < table.tracebackStart[t + 1]!; i++) {
      if (isRoot[table.frames[i]!]) continue;
      edge[0] = node;
      edge[1] = table.frames[i]!;
      const child = interner.intern(edge, 0, 2) + 1;
      if (child === location.length) {
        location.push(edge[1]);
        children[node]!.push(child);
        children.push([]);
      }
      node = child;
    }
    nodeOf[t] = node;
  }
  return { location, children, nodeOf };
}

/** Does not recurse, because a stack may have 65535 frames. */
function* nodes({ location, children }: Tree, table: StackTable, selfSize: Float64Array): Iterable<string> {
  const END = -1;
  const pending = [0];
  let separator = '';
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node === END) {
      yield ']}';
      separator = ',';
      continue;
    }
    const callFrame = node === 0 ? ROOT_FRAME : callFrameOf(table, location[node]!);
    yield `${separator}{"callFrame":${safeJson(callFrame)},"selfSize":${selfSize[node]},"id":${node + 1},"children":[`;
    separator = '';
    pending.push(END, ...children[node]!.toReversed());
  }
}

/** `<GC>` becomes V8's `(GC)`, which has no script. A script's id is made from its name. */
function callFrameOf(table: StackTable, id: number) {
  const { filename, lineno, column, functionName } = frameAt(table, id);
  const pseudo = lineno === 0 && column === 0 && functionName === '' ? /^<(.+)>$/.exec(filename)?.[1] : undefined;
  if (pseudo !== undefined) return { ...ROOT_FRAME, functionName: `(${pseudo})` };
  return {
    functionName,
    scriptId: String(table.locationFile[id]! + 1),
    url: filename,
    lineNumber: lineno - 1,
    columnNumber: column - 1,
  };
}
