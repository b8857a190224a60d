import { CommandTimeoutError, UnsupportedError, UsageError } from '../../errors.js';
import type { Heap } from '../../heap-graph/heap/heap.js';
import { type Explanation, explainWhat, type HeldCluster, type WhyOptions } from '../../heap-graph/paths/explain.js';
import type { PlaceOf } from '../../heap-graph/paths/find-nodes.js';
import type { HeapPlace } from '../../heap-graph/paths/node-text.js';
import type { What, WhatInHeap } from '../../heap-graph/paths/what.js';
import { HeapReader } from '../../heap-graph/reading/heap-reader.js';
import { tracebackAt } from '../../model/stack-table.js';
import type { Session } from '../../protocol/session.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { withObject } from '../isolate/find-object.js';
import type { Isolate } from '../isolate/isolate.js';
import type { TracingRun } from './tracing-run.js';

export interface TargetWhyOptions extends WhyOptions {
  /** Gives the places in the sources of what is in a snapshot. Default: the places in the code that ran. */
  readonly originalPlaces?: (snapshot: Snapshot) => (place: HeapPlace) => HeapPlace;
}

interface Asking extends TargetWhyOptions {
  readonly what: What;
}

/** While V8 tracks objects, it gives ids to new ones every 50 ms. */
const ID_WAIT_MS = 60;
const NO_ANSWER = 'no thread of the program has sent its heap snapshot; ask again when it is less busy';
const MOST_WAITS = 20;

/** Takes one heap snapshot of each thread, which becomes a graph while it arrives, and the traces of the same objects. */
export async function explainTarget(run: TracingRun, main: Isolate, { what, originalPlaces, ...options }: Asking): Promise<Explanation> {
  if (!run.isHeavy) throw new UnsupportedError("what keeps objects alive is told in object mode only; start with mode: 'objects'");
  const wanted = what.kind === 'expression' ? await objectOf(main.session, what.expression) : what;
  const readers = new Map<string, HeapReader>();
  const snapshot = await run.snapshot({
    onHeapOf: (thread) => {
      const reader = new HeapReader();
      if (thread === main.thread || wanted.kind !== 'id') readers.set(thread, reader);
      return (chunk) => readers.get(thread)?.write(chunk);
    },
  });
  const originalOf = originalPlaces?.(snapshot);
  const found: Explanation[] = [];
  let missing: UsageError | null = null;
  // One graph at a time: each may be large.
  for (const [thread, reader] of readers) {
    readers.delete(thread);
    if (!snapshot.threads.includes(thread)) continue; // the worker ended, or did not answer
    const heap = reader.end();
    const placeOf = placesOf(snapshot, thread, heap);
    try {
      found.push(ofThread(thread, explainWhat(heap, wanted, { ...options, placeOf, ...(originalOf && { originalOf }) })));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      missing ??= error; // another thread may have such objects
    }
  }
  if (found.length === 0) throw missing ?? new CommandTimeoutError(NO_ANSWER);
  return merged(found, options.top);
}

/**
 * The id of the value of an expression. The value is let go before the snapshot, so that nothing of ours holds it there.
 *
 * @throws UsageError
 */
async function objectOf(main: Session, expression: string): Promise<WhatInHeap> {
  const id = await withObject(main, expression, async (idOf) => {
    for (let i = 0; i < MOST_WAITS; i++) {
      const known = await idOf();
      if (known > 0) return known;
      await new Promise((resolve) => setTimeout(resolve, ID_WAIT_MS));
    }
    throw new UsageError('V8 has given the object no id in the heap: the program is busy, or the object is new; ask again later');
  });
  return { kind: 'id', id };
}

function ofThread(thread: string, explanation: Explanation): Explanation {
  return { ...explanation, clusters: explanation.clusters.map((cluster) => ({ thread, ...cluster })) };
}

function merged(found: readonly Explanation[], top: number | undefined): Explanation {
  const sum = (of: (explanation: Explanation) => number) => found.reduce((total, each) => total + of(each), 0);
  const clusters: HeldCluster[] = found.flatMap((each) => each.clusters).sort((a, b) => b.retained - a.retained);
  return {
    count: sum(({ count }) => count),
    size: sum(({ size }) => size),
    retained: sum(({ retained }) => retained),
    unheld: sum(({ unheld }) => unheld),
    clusterCount: sum(({ clusterCount }) => clusterCount),
    clusters: clusters.slice(0, top),
  };
}

/** The newest frame of the program itself at which an object was allocated. */
function placesOf({ columns, table, threads }: Snapshot, thread: string, heap: Heap): PlaceOf {
  const index = threads.indexOf(thread);
  const traces = new Map<number, number>();
  for (let row = 0; row < columns.length; row++) {
    if ((columns.thread?.[row] ?? 0) === index && (columns.domain?.[row] ?? 0) === 0)
      traces.set(columns.birth![row]!, columns.traceback[row]!);
  }
  const places = new Map<number, HeapPlace>();
  return (node) => {
    const traceback = traces.get(heap.id(node));
    if (traceback === undefined) return null;
    const place = places.get(traceback) ?? placeAt(table, traceback);
    places.set(traceback, place);
    return place;
  };
}

function placeAt(table: Snapshot['table'], traceback: number): HeapPlace {
  const newestFirst = [...tracebackAt(table, traceback).frames].reverse();
  const { filename, lineno, column } =
    newestFirst.find(({ filename: name }) => !name.startsWith('node:') && !name.startsWith('<')) ?? newestFirst[0]!;
  return { filename, lineno, column };
}
