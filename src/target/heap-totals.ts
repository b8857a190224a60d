import { CommandError, CommandTimeoutError } from '../errors.js';
import type { CaptureInfo, HeapTotals } from '../model/trace-columns.js';
import { evaluateOwn, readHeapUsage } from '../protocol/own-calls.js';
import type { Session } from '../protocol/session.js';

/** A target at a breakpoint of another debugger, or one that has replaced `process`, must not hold a snapshot up. */
const PATIENCE_MS = 2_000;

/** Bytes of the process, as far as the target tells: at its exit it only tells the heap's, and a stopped one nothing. */
export async function readHeapTotals(session: Session): Promise<HeapTotals | null> {
  const usage = await evaluate(session, 'process.memoryUsage()', 'reading the memory usage');
  if (isRecord(usage) && isSize(usage.heapUsed) && isSize(usage.heapTotal)) {
    const { heapUsed, heapTotal, external, arrayBuffers, rss } = usage;
    return { heapUsed, heapTotal, external: sizeOrNull(external), arrayBuffers: sizeOrNull(arrayBuffers), rss: sizeOrNull(rss) };
  }
  const heap = await readHeapUsage(session, { timeoutMs: PATIENCE_MS, doing: 'reading the heap usage' });
  return { heapUsed: heap.usedSize, heapTotal: heap.totalSize, external: null, arrayBuffers: null, rss: null };
}

/** What a process says of itself. */
export async function readTargetInfo(session: Session): Promise<CaptureInfo['target']> {
  const answer = await evaluate(
    session,
    '({ pid: process.pid, title: process.title, version: process.version })',
    'asking who the target is',
  );
  const { pid, title, version } = isRecord(answer) ? answer : {};
  return {
    pid: isSize(pid) ? pid : null,
    title: typeof title === 'string' ? title : '',
    nodeVersion: typeof version === 'string' ? version : null,
  };
}

/** The value of an expression in the target, undefined when it cannot be had there and now. */
async function evaluate(session: Session, expression: string, doing: string): Promise<unknown> {
  try {
    const { result, exceptionDetails } = await evaluateOwn(session, expression, { timeoutMs: PATIENCE_MS, doing });
    return exceptionDetails ? undefined : result.value;
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
