import { Frame } from '../../model/frame.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { Traceback } from '../../model/traceback.js';
import { Statistic } from './statistic.js';

/** A row of zero for each thread without traces: those that hold nothing new, and those that are missing. None if there is only one thread. */
export function idleThreads(
  { threads, columns, capture }: Pick<SnapshotParts, 'threads' | 'columns' | 'capture'>,
  isWanted: (thread: string) => boolean,
): Statistic[] {
  const { length, thread } = columns;
  const isBusy = new Uint8Array(threads.length);
  if (!thread) isBusy[0] = Number(length > 0);
  else for (let row = 0; row < length; row++) isBusy[thread[row]!] = 1;
  const missing = (capture.missing ?? []).map((one) => one.thread);
  if (threads.length + missing.length === 1) return [];
  const names = [...threads.filter((_, index) => isBusy[index] === 0), ...missing].filter(isWanted);
  const source = {
    traceback: (row: number) => new Traceback([new Frame(names[row]!, 0)]),
    label: (row: number) => names[row]!,
    standardError: () => 0,
    countStandardError: () => 0,
    ownCaller: () => null,
  };
  return names.map((_, row) => new Statistic(source, row, { size: 0, count: 0 }));
}
