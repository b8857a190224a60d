import { ForeignSamplerError, NotTracingError } from '../../errors.js';
import type { Session } from '../../protocol/session.js';
import type { HeapObjects } from '../heap-snapshot/heap-objects.js';
import { type HeapCommand, streamHeap } from '../heap-snapshot/heap-stream.js';
import { ObjectSections } from '../heap-snapshot/object-sections.js';
import { HeapSnapshotReader } from '../heap-snapshot/reader.js';
import type { HeapChunkListener, ObjectReading, ReadOptions, SourceStart, TraceSource } from '../stacks/trace-source.js';
import { somebodyTracks } from './foreign-tracker.js';

/** V8 gives every object an id at the start, and tells nothing meanwhile: 18 million took 32 s. */
const START_TIMEOUT_MS = 1_800_000;
const ENDED =
  'the tracking of allocations has ended, and what it knew is lost: V8 ends it for all when any client of the inspector leaves; start again, with no other tool attached';

/**
 * The allocation tracking of one isolate. Every object that is allocated after the start has a stack, an identity and a type. Starting it
 * is dangerous for the target (v8-facts, "Never do this"), so the caller must have made it safe.
 */
export class ObjectTracker implements TraceSource {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Takes over without a look: see `refuseOthers`. */
  async start({ onSent }: SourceStart): Promise<void> {
    const begun = this.#begin();
    onSent?.();
    await begun;
  }

  /** Before any flag is changed: to restore --turbo-escape while another tool tracks allocations can crash the target. */
  async refuseOthers(untilIdle: () => Promise<void>): Promise<void> {
    if (!(await somebodyTracks(this.#session, untilIdle))) return;
    throw new ForeignSamplerError(
      'another tool tracks the allocations of this target, and V8 has only one tracker, which it ends now that we leave; stop the other tool first, or take over with force (--take-over)',
    );
  }

  /** Forgets everything allocated so far. */
  async clear(): Promise<void> {
    await this.stop();
    await this.#begin();
  }

  /** Does not use `stopTrackingHeapObjects`, which would first take and send a whole heap snapshot. */
  async stop(): Promise<void> {
    await this.#session.send('HeapProfiler.disable', undefined, { doing: 'ending the tracking of allocations' });
  }

  /**
   * From Node 22 on `takeHeapSnapshot` waits for the event loop, which has stopped if the program is at its end. Ending the tracking also
   * sends a snapshot, and V8 takes that one at once.
   */
  async read({ isLast, inTurn, onHeapChunk }: ReadOptions): Promise<ObjectReading> {
    const command = isLast ? 'HeapProfiler.stopTrackingHeapObjects' : 'HeapProfiler.takeHeapSnapshot';
    const objects = await inTurn(() => this.#readHeap(command, onHeapChunk));
    return { kind: 'objects', objects, liveBytes: heapBytes(objects) };
  }

  async #begin(): Promise<void> {
    await this.#session.send(
      'HeapProfiler.startTrackingHeapObjects',
      { trackAllocations: true },
      { timeoutMs: START_TIMEOUT_MS, holdsThread: true, doing: 'starting the tracking of allocations' },
    );
  }

  async #readHeap(command: HeapCommand, onHeapChunk: HeapChunkListener | undefined): Promise<HeapObjects> {
    const reader = new HeapSnapshotReader(new ObjectSections());
    let isFirst = true;
    await streamHeap(this.#session, command, (chunk) => {
      if (isFirst && !isTracked(chunk)) throw new NotTracingError(ENDED);
      isFirst = false;
      reader.write(chunk);
      onHeapChunk?.(chunk);
    });
    return reader.end();
  }
}

function heapBytes({ length, size, domain, untracedBytes }: HeapObjects): number {
  let [sum] = untracedBytes;
  for (let i = 0; i < length; i++) if (domain[i] === 0) sum += size[i]!;
  return sum;
}

/** Reads the header, which is in the first chunk: with tracking it counts functions that have stacks. */
function isTracked(firstChunk: string): boolean {
  const functions = /"trace_function_count":(\d+)/.exec(firstChunk)?.[1];
  return functions !== undefined && functions !== '0';
}
