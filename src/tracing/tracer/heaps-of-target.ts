import { BadProfileError, UnsupportedError } from '../../errors.js';
import type { Heap } from '../../heap-graph/heap/heap.js';
import type { ExplainOptions } from '../../heap-graph/paths/explain.js';
import type { PlaceOf } from '../../heap-graph/paths/find-nodes.js';
import type { HeapPlace } from '../../heap-graph/paths/node-text.js';
import { HeapReader } from '../../heap-graph/reading/heap-reader.js';
import { tracebackAt } from '../../model/stack-table.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { TracingRun } from './tracing-run.js';

/** Gives the places in the sources of what is in a snapshot. */
export type OriginalPlaces = (snapshot: Snapshot) => (place: HeapPlace) => HeapPlace;

export interface HeapOfThread {
  readonly thread: string;
  readonly heap: Heap;
  /** How its places are found. */
  readonly places: Pick<ExplainOptions, 'placeOf' | 'originalOf'>;
}

interface Wanted {
  readonly isWanted?: (thread: string) => boolean;
  readonly originalPlaces?: OriginalPlaces | undefined;
}

/** @throws UnsupportedError */
export function checkObjectMode(run: TracingRun): void {
  if (!run.isHeavy) throw new UnsupportedError("what keeps objects alive is told in object mode only; start with mode: 'objects'");
}

/** In object mode: takes one heap snapshot of each thread, which becomes columns while it arrives, and the traces of the same objects. */
export async function* heapsOfTarget(run: TracingRun, { isWanted = () => true, originalPlaces }: Wanted): AsyncGenerator<HeapOfThread> {
  const readers = new Map<string, HeapReader>();
  const snapshot = await run.snapshot({
    onHeapOf: (thread) => {
      const reader = new HeapReader();
      if (isWanted(thread)) readers.set(thread, reader);
      return (chunk) => readers.get(thread)?.write(chunk);
    },
  });
  const originalOf = originalPlaces?.(snapshot);
  // One heap at a time: what is worked out about each may be large.
  for (const [thread, reader] of readers) {
    readers.delete(thread);
    if (!snapshot.threads.includes(thread)) continue; // the worker ended, or did not answer
    const heap = reader.end();
    yield { thread, heap, places: { placeOf: placesOf(snapshot, thread, heap), ...(originalOf && { originalOf }) } };
  }
}

/**
 * Takes a plain heap snapshot of one thread after the other, in any mode. It has no places. Only one of them is in memory at a time.
 *
 * @throws UnsupportedError for our own process, and if the program may not bear it
 */
export async function* plainHeapsOfTarget(run: TracingRun, { originalPlaces }: Wanted): AsyncGenerator<HeapOfThread> {
  await run.checkHeaps();
  const originalOf = originalPlaces?.(await run.snapshot());
  for (const [index, isolate] of run.threads.entries()) {
    const reader = new HeapReader();
    try {
      await run.streamHeap(isolate, (chunk) => reader.write(chunk));
    } catch (error) {
      if (index === 0 || error instanceof BadProfileError) throw error;
      continue; // the worker has ended, or does not answer
    }
    yield { thread: isolate.thread, heap: reader.end(), places: { ...(originalOf && { originalOf }) } };
  }
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
