import { BadProfileError } from '../../errors.js';
import { type CallStack, CallStacks, OWN } from './call-stack.js';
import type { ThreadTraces } from './trace-collector.js';
import type { ReadingOptions } from './trace-source.js';
import { checkNode, type ProfileNode } from './v8-profile.js';

/** Two values that replace a traceback id: one for our own code, one for a node that is not in the tree. Both are negative. */
const LEFT_OUT = -2;
export const UNRESOLVED = -3;

/** What the stack of every node that a sample names gives, by the number of the node. */
export interface SampledStacks {
  /** Traceback ids; LEFT_OUT for nodes of our own code. */
  readonly tracebacks: Int32Array;
  /** Label ids; null if no stack has a label. */
  readonly labels: Uint16Array | null;
}

/**
 * One pass over the tree. V8 may send stacks of any depth, so it does not recurse.
 *
 * @param nodeNumbers by the id of a node with samples: its number, from 0 on
 */
export function sampledStacks(
  head: ProfileNode,
  nodeNumbers: ReadonlyMap<number, number>,
  options: ReadingOptions & { readonly traces: ThreadTraces },
): SampledStacks {
  const { stacks: table, labels: names } = options.traces;
  const tracebacks = new Int32Array(nodeNumbers.size).fill(UNRESOLVED);
  let labels: Uint16Array | null = null;
  const stacks = new CallStacks(table, options);
  const pending: { readonly node: ProfileNode; readonly caller: CallStack | null | typeof OWN }[] = [{ node: head, caller: null }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, caller } = next;
    checkNode(node);
    const stack = caller === OWN ? OWN : stacks.push(caller, node.callFrame);
    const number = nodeNumbers.get(node.id);
    if (number !== undefined) {
      if (tracebacks[number] !== UNRESOLVED) throw new BadProfileError(`the profile is damaged: two nodes have the id ${node.id}`);
      tracebacks[number] = stack === OWN ? LEFT_OUT : stacks.traceback(stack, options.tracebackLimit);
      if (stack !== OWN && stack?.label) {
        labels ??= new Uint16Array(nodeNumbers.size);
        labels[number] = names.intern(stack.label);
      }
    }
    for (const child of node.children) pending.push({ node: child, caller: stack });
  }
  return { tracebacks, labels };
}
