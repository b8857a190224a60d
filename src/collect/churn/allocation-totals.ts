import { wholeBlocks } from '../block-counts/decode-blocks.js';
import { sampleColumns } from '../block-counts/sample-columns.js';
import { decodeProfile } from '../sampling/ingest-profile.js';
import type { Allocations } from '../stacks/allocations.js';
import { type CallFrame, checkNode, type ProfileNode, type SamplingProfile } from '../stacks/v8-profile.js';

interface Sum {
  size: number;
  count: number;
}

interface TotalNode {
  readonly callFrame: CallFrame;
  readonly children: Map<string, TotalNode>;
  /** By block size: the sum of all its blocks. */
  readonly sums: Map<number, Sum>;
}

/** Adds up the profiles of windows. Blocks of one size with one stack are one row, so it grows with the places of a program, not with the time. */
export class AllocationTotals {
  readonly #interval: number;
  #head: TotalNode | null = null;

  constructor(interval: number) {
    this.#interval = interval;
  }

  /**
   * A sample whose node is not in the tree is left out: it is what V8 allocated while it wrote the profile.
   *
   * @throws BadProfileError if the profile is damaged; nothing of it is then added
   */
  add(profile: SamplingProfile): void {
    const interval = this.#interval;
    const samples = sampleColumns(profile.samples);
    const blocks = decodeProfile(profile, { interval }, samples);
    const products = [...samples.sizes.keys()];
    const nodes = this.#merge(profile.head, samples.nodeNumbers);
    for (let i = 0; i < samples.length; i++) {
      const sums = nodes[samples.node[i]!]?.sums;
      if (!sums) continue;
      const decoded = blocks?.[i] ?? 0;
      const count = wholeBlocks(decoded, interval, samples.ordinal[i]!);
      const block = decoded || products[samples.size[i]!]!;
      const sum = sums.get(block);
      if (sum) {
        sum.size += block * count;
        sum.count += count;
      } else sums.set(block, { size: block * count, count });
    }
  }

  /** Later windows do not change it. */
  allocations(): Allocations {
    const nodeNumbers = new Map<number, number>();
    const rows = { node: [] as number[], size: [] as number[], count: [] as number[] };
    let id = 0;
    const copy = ({ callFrame, sums }: TotalNode) => {
      const node = { callFrame, selfSize: 0, id: ++id, children: [] as ProfileNode[] };
      if (sums.size > 0) nodeNumbers.set(node.id, nodeNumbers.size);
      for (const { size, count } of sums.values()) {
        rows.node.push(nodeNumbers.size - 1);
        rows.size.push(size);
        rows.count.push(count);
      }
      return node;
    };
    const total = this.#head ?? emptyNode(ROOT);
    const head = copy(total);
    const pending = [{ total, into: head }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      for (const child of next.total.children.values()) {
        const node = copy(child);
        next.into.children.push(node);
        pending.push({ total: child, into: node });
      }
    }
    return { head, nodeNumbers, ...rows };
  }

  /** Adds what is new in the tree. Does not recurse, because V8 may send stacks of any depth. @returns by number: the nodes with samples */
  #merge(head: ProfileNode, numbers: ReadonlyMap<number, number>): TotalNode[] {
    this.#head ??= emptyNode(head.callFrame);
    const nodes: TotalNode[] = [];
    const pending = [{ node: head, total: this.#head }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { node, total } = next;
      checkNode(node);
      const number = numbers.get(node.id);
      if (number !== undefined) nodes[number] = total;
      for (const child of node.children) pending.push({ node: child, total: childOf(total, child.callFrame) });
    }
    return nodes;
  }
}

const ROOT: CallFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };

function emptyNode(callFrame: CallFrame): TotalNode {
  return { callFrame, children: new Map(), sums: new Map() };
}

function childOf({ children }: TotalNode, callFrame: CallFrame): TotalNode {
  const { scriptId, lineNumber, columnNumber, functionName } = callFrame;
  const key = `${scriptId}:${lineNumber}:${columnNumber}:${functionName}`;
  let child = children.get(key);
  if (!child) {
    child = emptyNode(callFrame);
    children.set(key, child);
  }
  return child;
}
