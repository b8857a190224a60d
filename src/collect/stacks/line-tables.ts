import type { ProfileNode, ProfileSample, SamplingProfile } from './v8-profile.js';

/** The function that makes markers. It is recognised by its name, because a profile leaves out the names of evaluated scripts. */
export const MARKER = '__node_tracemalloc_marker__';
/**
 * Makes V8 compare some 7 million characters one by one. That takes about 5 ms, long enough for the next command to arrive, which we send
 * together with the marker. We do not use a loop, because V8 would count its optimized code as allocated by the program. We do not use
 * Atomics.wait, because it kills a program on Node 18 and 20 that is inside one itself (`free(): invalid pointer`).
 */
const PAUSE = "'a'.repeat(8_000).lastIndexOf('a'.repeat(999) + 'b')";
/**
 * Evaluates to a closure, which makes a sample. While somebody holds the closure, its sample and its script live, and with the script its
 * name. The evaluation pauses until the next command has arrived. The inspector then runs that command at once, before the program runs.
 * It catches what it throws, because the program may have replaced `repeat` (`evaluateOwn` says why).
 */
export const MARK = `try { (function ${MARKER}() { ${PAUSE}; return () => {}; })() } catch {}`;

/**
 * Removes what V8 allocates while it builds a profile: names, and a table of line ends for every script that had none, about 3 KB a script.
 * V8 counts them as allocated by the JavaScript that it interrupted (up to 700 KiB on one line of a busy loop).
 *
 * A marker, allocated directly before, identifies them: they are younger than it, and have the stack from which the marker was called.
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
  /** The ordinal of its marker. */
  readonly ordinal: number;
}

/** The last sample since the marker with another stack. If the program did run in between, its allocations before this one are kept. */
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

/** For each marker's node, by id, the id of the node from which its script was called. */
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
