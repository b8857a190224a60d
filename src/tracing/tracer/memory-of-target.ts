import type { AskedThread } from '../../ledger/isolate-memory.js';
import type { Ledger } from '../../ledger/ledger.js';
import { readLedger } from '../../ledger/read-ledger.js';
import type { Session } from '../../protocol/session.js';
import { Workers } from '../../protocol/workers.js';
import { collectGarbage } from '../isolate/collect-garbage.js';
import { localPidOf, type TracedTarget } from './traced-target.js';
import type { TracingRun } from './tracing-run.js';

/** A worker that does not answer delays the ledger by no more than this. */
const LONGEST_WAIT_MS = 10_000;

export interface MemoryOptions {
  /** Default true; false leaves worker threads alone, as does a tracing that does. */
  readonly workers?: boolean;
  /** Default false; true collects the garbage of each thread after the reading, so that `live` of its heap is known. */
  readonly gc?: boolean;
}

/** What the resident memory of the target consists of. */
export async function memoryOfTarget(
  target: TracedTarget,
  run: TracingRun | null,
  { workers: asksWorkers = true, gc = false }: MemoryOptions,
): Promise<Ledger> {
  const { main, info } = target;
  const { pid, nodeVersion = null } = info;
  const gcLimiter = await target.gcLimiter;
  const collect = gc ? (session: Session) => gcLimiter.run(() => collectGarbage(session)) : null;
  const subject = { pid, nodeVersion, localPid: await localPidOf(target), collect };
  if (!asksWorkers || run?.tracesWorkers === false) return readLedger({ ...subject, threads: [main], withoutWorkers: true });
  if (run) return readLedger({ ...subject, threads: run.threads, withoutWorkers: false });
  const found: AskedThread[] = [];
  const workers = new Workers(main.session, {
    pauseNew: false,
    timeoutMs: Math.min(main.session.timeoutMs, LONGEST_WAIT_MS),
    onWorker: ({ session, thread }) => found.push({ session, thread }),
  });
  await workers.watch();
  try {
    return await readLedger({ ...subject, threads: [main, ...found], withoutWorkers: false });
  } finally {
    if (main.session.isOpen) await workers.leave();
  }
}
