import type { HeapFunction } from '../heap-snapshot/function-table.js';
import type { HeapObjects } from '../heap-snapshot/heap-objects.js';
import { type CallStack, CallStacks, OWN } from '../stacks/call-stack.js';
import type { ThreadTraces } from '../stacks/trace-collector.js';
import type { ReadingOptions } from '../stacks/trace-source.js';
import type { CallFrame } from '../stacks/v8-profile.js';

/** Replaces the traceback id for objects of our own code. */
const LEFT_OUT = 0xffff_ffff;

/**
 * Turns the objects of a heap snapshot into traces, one for each object in V8's order, with its id as birth. Memory outside of the heap
 * gets the id of its owner.
 */
export function ingestObjects(objects: HeapObjects, traces: ThreadTraces, options: ReadingOptions): void {
  const { tracebacks, labels } = objectStacks(objects, traces, options);
  const typeIds = Uint32Array.from(objects.types, (type) => traces.types.intern(type));
  const kept = countKept(objects, tracebacks);
  const rows = {
    length: kept,
    traceback: new Uint32Array(kept),
    size: new Float64Array(kept),
    count: new Uint32Array(kept).fill(1),
    birth: new Float64Array(kept),
    domain: new Uint8Array(kept),
    type: new Uint32Array(kept),
    label: labels && new Uint16Array(kept),
  };
  let row = 0;
  for (let i = 0; i < objects.length; i++) {
    const traceback = tracebacks[objects.traceNode[i]!]!;
    if (traceback === LEFT_OUT) continue;
    rows.traceback[row] = traceback;
    if (labels) rows.label![row] = labels[objects.traceNode[i]!]!;
    rows.size[row] = objects.size[i]!;
    rows.birth[row] = objects.id[i]!;
    rows.domain[row] = objects.domain[i]!;
    rows.type[row] = typeIds[objects.type[i]!]!;
    row++;
  }
  traces.append(rows);
}

function countKept({ length, traceNode }: HeapObjects, tracebacks: Uint32Array): number {
  let kept = 0;
  for (let i = 0; i < length; i++) if (tracebacks[traceNode[i]!] !== LEFT_OUT) kept++;
  return kept;
}

type Stack = CallStack | null | typeof OWN;

/** The ids of the traceback and of the label of every node of the trace tree at which an object was allocated. `labels` is null if none has a label. */
function objectStacks(
  objects: HeapObjects,
  traces: ThreadTraces,
  options: ReadingOptions,
): { readonly tracebacks: Uint32Array; readonly labels: Uint16Array | null } {
  const { parent, functionIndex } = objects.traceTree;
  const frames = objects.functions.map(callFrame);
  const stacks = new CallStacks(traces.stacks, options);
  const known: (Stack | undefined)[] = [];
  const tracebacks = new Uint32Array(parent.length);
  let labels: Uint16Array | null = null;
  const isDone = new Uint8Array(parent.length);
  const stackOf = (node: number): Stack => {
    const path: number[] = [];
    let at = node;
    for (; at !== 0 && known[at] === undefined; at = parent[at]!) path.push(at);
    let stack: Stack = at === 0 ? null : known[at]!;
    for (let next = path.pop(); next !== undefined; next = path.pop()) {
      stack = stack === OWN ? OWN : stacks.push(stack, frames[functionIndex[next]!]!);
      known[next] = stack;
    }
    return stack;
  };
  for (let i = 0; i < objects.length; i++) {
    const node = objects.traceNode[i]!;
    if (isDone[node]) continue;
    isDone[node] = 1;
    const stack = stackOf(node);
    tracebacks[node] = stack === OWN ? LEFT_OUT : stacks.traceback(stack, options.tracebackLimit);
    if (stack === OWN || !stack?.label) continue;
    labels ??= new Uint16Array(parent.length);
    labels[node] = traces.labels.intern(stack.label);
  }
  return { tracebacks, labels };
}

/** In the form of a sampling profile, where positions are 0-based. */
function callFrame({ name, scriptName, scriptId, line, column }: HeapFunction): CallFrame {
  return { functionName: name, scriptId: `${scriptId}`, url: scriptName, lineNumber: line - 1, columnNumber: column - 1 };
}
