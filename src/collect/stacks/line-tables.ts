import type { ProfileNode, ProfileSample, SamplingProfile } from './v8-profile.js';

/** The function that makes markers. Told by its name: a profile leaves out the names of evaluated scripts. */
export const MARKER = '__node_tracemalloc_marker__';
/**
 * V8 compares here character by character, some 7 million times: about 5 ms, enough for the next command, sent together with the marker, to come
 * in. Not by a loop of ours, whose optimized code V8 would book on the program; and not by Atomics.wait, which kills a program on Node 18 and 20 that is
 * in one itself (`free(): invalid pointer`).
 */
const PAUSE = "'a'.repeat(8_000).lastIndexOf('a'.repeat(999) + 'b')";
/**
 * Evaluates to a closure: a sample that lasts as long as it is held, and so does its script, without which the name would be lost. It waits for
 * the next command to come in: the inspector then takes that one at once, and the program does not run in between.
 */
export const MARK = `(function ${MARKER}() { ${PAUSE}; return () => {}; })()`;

/**
 * Leaves out what V8 allocates for a profile while it builds it: names, and a table of line ends for every script that had none, about 3 KB a
 * script. It books them on the JavaScript that it has interrupted (700 KiB on one line of a busy loop were seen).
 *
 * A marker, allocated right before, tells them: they are the youngest of all, and stand on the stack from which the marker was called.
 */
export class LineTables {
  #known = new Set<number>();

  without(profile: SamplingProfile): SamplingProfile {
    const { samples } = profile;
    const caller = youngestMarker(profile);
    const stop = caller && lastOfOthers(samples, caller);
    const isTable = ({ nodeId, ordinal }: ProfileSample) => this.#known.has(ordinal) || (nodeId === caller?.node && ordinal > stop!);
    const tables = samples.filter(isTable);
    this.#known = new Set(tables.map(({ ordinal }) => ordinal));
    return tables.length === 0 ? profile : { ...profile, samples: samples.filter(({ ordinal }) => !this.#known.has(ordinal)) };
  }
}

interface Caller {
  readonly node: number;
  /** When it called the marker. */
  readonly ordinal: number;
}

/** The last sample from the marker on that stands elsewhere: should the program have run on in between, what it allocated stays. */
function lastOfOthers(samples: readonly ProfileSample[], { node, ordinal }: Caller): number {
  return samples.reduce((last, sample) => (sample.nodeId === node ? last : Math.max(last, sample.ordinal)), ordinal);
}

function youngestMarker({ head, samples }: SamplingProfile): Caller | undefined {
  const callers = markerCallers(head);
  let found: Caller | undefined;
  for (const { nodeId, ordinal } of samples) {
    const node = callers.get(nodeId);
    if (node !== undefined && ordinal > (found?.ordinal ?? -1)) found = { node, ordinal };
  }
  return found;
}

/** By the id of each marker's node, that of the node from which its script was called. */
function markerCallers(head: ProfileNode): ReadonlyMap<number, number> {
  const callers = new Map<number, number>();
  const pending = [{ node: head, script: head.id, caller: head.id }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, script, caller } = next;
    if (node.callFrame?.functionName === MARKER) callers.set(node.id, caller);
    for (const child of node.children ?? []) pending.push({ node: child, script: node.id, caller: script });
  }
  return callers;
}
