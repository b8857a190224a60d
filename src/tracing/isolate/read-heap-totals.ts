import { CommandError, CommandTimeoutError } from '../../errors.js';
import { sumOf } from '../../model/heap-totals.js';
import type { CaptureInfo, HeapTotals } from '../../model/trace-columns.js';
import { evaluateOwn, readHeapUsage } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';

/** A target at a breakpoint of another debugger, or one that has replaced `process`, must not delay a snapshot for longer. */
const PATIENCE_MS = 2_000;

/**
 * Bytes of the process, as far as the target tells. At its exit, and while we watch for its heap limit, it tells only those of the heap. A target that is stopped, or that is still busy
 * after a large heap snapshot, tells nothing: null.
 */
export async function readHeapTotals(session: Session): Promise<HeapTotals | null> {
  const usage = session.watchesHeapLimit
    ? undefined
    : await inTime(session, evaluated(session, 'process.memoryUsage()', 'reading the memory usage'));
  if (isRecord(usage) && isSize(usage.heapUsed) && isSize(usage.heapTotal)) {
    const { heapUsed, heapTotal, external, arrayBuffers, rss } = usage;
    return { heapUsed, heapTotal, external: sizeOrNull(external), arrayBuffers: sizeOrNull(arrayBuffers), rss: sizeOrNull(rss) };
  }
  const heap = await inTime(session, readHeapUsage(session, { timeoutMs: PATIENCE_MS, doing: 'reading the heap usage' }));
  if (heap === undefined) return null;
  return { heapUsed: heap.usedSize, heapTotal: heap.totalSize, external: null, arrayBuffers: heap.backingStorageSize ?? null, rss: null };
}

/** The sum over all threads of a process, the main thread first. null if one of them did not tell. */
export function totalOfThreads(threads: readonly (HeapTotals | null)[]): HeapTotals | null {
  const total = sumOf(threads);
  return total && { ...total, rss: threads[0]!.rss }; // every thread tells that of the whole process
}

export interface TargetAnswer {
  readonly info: CaptureInfo['target'];
  /** The target is at its end and waits for us. It has no context to evaluate in. */
  readonly isEnding: boolean;
  /** The target waits for its debugger before its first line (`--inspect-brk`). It does not know its pid yet (18 to 26). */
  readonly isWaiting: boolean;
}

const IDENTITY =
  '({ pid: process.pid, title: process.title, version: process.version, isEnding: process._exiting === true, isWaiting: process.pid === undefined })';

/** What a process says of itself. */
export async function readTargetInfo(session: Session): Promise<TargetAnswer> {
  const asked = evaluated(session, IDENTITY, 'asking who the target is').catch((error: unknown) => {
    if (error instanceof CommandError) return { isEnding: true };
    throw error;
  });
  const answer = await inTime(session, asked);
  const { pid, title, version, isEnding, isWaiting } = isRecord(answer) ? answer : {};
  return {
    info: {
      pid: isSize(pid) ? pid : null,
      title: typeof title === 'string' ? title : '',
      nodeVersion: typeof version === 'string' ? version : null,
    },
    isEnding: isEnding === true,
    isWaiting: isWaiting === true,
  };
}

/** undefined if the expression throws, or if the program has ended. */
async function evaluated(session: Session, expression: string, doing: string): Promise<unknown> {
  return (await evaluateOwn(session, expression, { timeoutMs: PATIENCE_MS, doing })).value;
}

/** undefined if the target does not answer, or refuses. */
async function inTime<Answer>(session: Session, asked: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (session.isOpen && (error instanceof CommandTimeoutError || error instanceof CommandError)) return undefined;
    throw error;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function sizeOrNull(value: unknown): number | null {
  return isSize(value) ? value : null;
}
