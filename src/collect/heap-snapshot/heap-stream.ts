import { readHeapUsage } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';

export type HeapCommand = 'HeapProfiler.takeHeapSnapshot' | 'HeapProfiler.stopTrackingHeapObjects';

/**
 * V8 tells of its progress with every 10,000 objects, and then sends the text. It is silent during the collection at the start, while it fills its
 * tables at the end, and on Node 18 while it looks names up, whose time grows with the square of their number. With 20 busy processes on 2 cores the
 * longest silence was 8.6 s with a heap of 95 MiB (Node 22, 26) and 68 s with one of 39 MiB (Node 18).
 */
const SILENCE_MS = 60_000;
const SILENCE_MS_PER_MIB = 300;
const MIB = 2 ** 20;
const SIGNS_OF_LIFE = ['HeapProfiler.reportHeapSnapshotProgress', 'HeapProfiler.addHeapSnapshotChunk'] as const;
const DOING = 'taking a heap snapshot';

/**
 * Has V8 send a heap snapshot of an isolate, chunk by chunk. It stops the isolate meanwhile.
 *
 * @param take what it throws is thrown when V8 has sent the rest, which nobody gets
 * @throws CommandTimeoutError if V8 is silent for too long
 */
export async function streamHeap(session: Session, command: HeapCommand, take: (chunk: string) => void): Promise<void> {
  const failures: unknown[] = [];
  const stop = session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => {
    if (failures.length > 0) return;
    try {
      take(String(chunk));
    } catch (error) {
      failures.push(error);
    }
  });
  try {
    const { usedSize } = await readHeapUsage(session, { doing: DOING });
    await session.send(
      command,
      { reportProgress: true },
      {
        timeoutMs: SILENCE_MS + SILENCE_MS_PER_MIB * (usedSize / MIB),
        signsOfLife: SIGNS_OF_LIFE,
        needsEventLoop: command === 'HeapProfiler.takeHeapSnapshot',
        holdsThread: true,
        doing: DOING,
      },
    );
  } finally {
    stop();
  }
  if (failures.length > 0) throw failures[0];
}
