import { ForeignSamplerError, NotTracingError } from '../../errors.js';
import type { Session } from '../../protocol/session.js';
import type { HeapObjects } from '../heap-snapshot/heap-objects.js';
import { HeapSnapshotReader } from '../heap-snapshot/reader.js';
import type { Reading, ReadOptions, TraceSource } from '../stacks/trace-source.js';
import { ingestObjects } from './ingest-objects.js';

type SnapshotCommand = 'HeapProfiler.takeHeapSnapshot' | 'HeapProfiler.stopTrackingHeapObjects';

/** V8 writes about 100 MB a second: a heap of many gigabytes takes minutes. So does the start, which gives every object its identity (32 s for 18 million). */
const SNAPSHOT_TIMEOUT_MS = 1_800_000;
const ENDED =
  'the tracking of allocations has ended, and what it knew is lost: V8 ends it for all when any client of the inspector leaves; start again, with no other tool attached';

/**
 * The allocation tracking of one isolate: every object that is born from the start on has a stack, an identity, and a type. Starting it is
 * dangerous for the target (v8-facts, "Never do this"): the caller has made it safe.
 */
export class ObjectTracker implements TraceSource {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @param force do not look whether another tool tracks allocations, which takes a heap snapshot; take over */
  async start({ force }: { readonly force: boolean }): Promise<void> {
    if (!force) await this.refuseOthers();
    await this.#begin();
  }

  /** @throws ForeignSamplerError where another tool tracks */
  async refuseOthers(): Promise<void> {
    if (!(await this.#somebodyTracks())) return;
    throw new ForeignSamplerError(
      'another tool tracks the allocations of this target, and V8 has one tracker for all, which it ends now that we leave; end the other one first, or take over with force (--take-over)',
    );
  }

  /** Forgets everything allocated so far. */
  async clear(): Promise<void> {
    await this.stop();
    await this.#begin();
  }

  /** Not `stopTrackingHeapObjects`, which would take and send a whole heap snapshot first. */
  async stop(): Promise<void> {
    await this.#session.send('HeapProfiler.disable', undefined, { doing: 'ending the tracking of allocations' });
  }

  /**
   * From Node 22 on `takeHeapSnapshot` waits for the event loop, which does not turn any more in a program that has come to its end; what the end
   * of tracking sends, V8 takes at once.
   */
  async read({ isLast, inTurn }: ReadOptions): Promise<Reading> {
    const command = isLast ? 'HeapProfiler.stopTrackingHeapObjects' : 'HeapProfiler.takeHeapSnapshot';
    const objects = await inTurn(() => this.#readHeap(command));
    return { addTo: (traces, options) => ingestObjects(objects, traces, options), liveBytes: heapBytes(objects) };
  }

  async #begin(): Promise<void> {
    await this.#session.send(
      'HeapProfiler.startTrackingHeapObjects',
      { trackAllocations: true },
      { timeoutMs: SNAPSHOT_TIMEOUT_MS, doing: 'starting the tracking of allocations' },
    );
  }

  async #readHeap(command: SnapshotCommand): Promise<HeapObjects> {
    const reader = new HeapSnapshotReader();
    let failure: unknown;
    let isFirst = true;
    await this.#streamHeap(command, (chunk) => {
      if (failure !== undefined) return; // the rest is still on its way
      try {
        if (isFirst && !isTracked(chunk)) throw new NotTracingError(ENDED);
        isFirst = false;
        reader.write(chunk);
      } catch (error) {
        failure = error;
      }
    });
    if (failure !== undefined) throw failure;
    return reader.end();
  }

  async #somebodyTracks(): Promise<boolean> {
    let tracked: boolean | undefined;
    let timeline: string | undefined;
    let rest = '';
    await this.#streamHeap('HeapProfiler.takeHeapSnapshot', (chunk) => {
      tracked ??= isTracked(chunk);
      timeline ??= SAMPLES.exec(rest + chunk)?.[1];
      rest = chunk.slice(-SAMPLES_LENGTH);
    });
    return tracked === true || (timeline !== undefined && timeline !== ']');
  }

  async #streamHeap(command: SnapshotCommand, take: (chunk: string) => void): Promise<void> {
    const stop = this.#session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => take(String(chunk)));
    try {
      await this.#session.send(
        command,
        { reportProgress: false },
        { timeoutMs: SNAPSHOT_TIMEOUT_MS, needsEventLoop: command === 'HeapProfiler.takeHeapSnapshot', doing: 'taking a heap snapshot' },
      );
    } finally {
      stop();
    }
  }
}

function heapBytes({ length, size, domain, untracedBytes }: HeapObjects): number {
  let [sum] = untracedBytes;
  for (let i = 0; i < length; i++) if (domain[i] === 0) sum += size[i]!;
  return sum;
}

/** Without stacks, tracking only writes how many objects there were when; nothing where nobody tracks. */
const SAMPLES = /"samples":\[\s*([^\s])/;
const SAMPLES_LENGTH = 16;

/** By the header, which stands in the first chunk: how many functions there are stacks of. */
function isTracked(firstChunk: string): boolean {
  const functions = /"trace_function_count":(\d+)/.exec(firstChunk)?.[1];
  return functions !== undefined && functions !== '0';
}
