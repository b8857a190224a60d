import { messageOf } from '../protocol/error-text.js';
import { nodeMajor } from '../text/node-major.js';
import { formatSize } from '../text/size-format.js';
import { type AskedThread, askIsolate, isUnanswered } from './isolate-memory.js';
import type { Ledger, MissingThread } from './ledger.js';
import { ledgerRows, type ThreadMemory } from './ledger-rows.js';
import { type Collect, withLiveHeaps } from './live-heap.js';
import { readResident } from './read-resident.js';

interface Subject {
  /** As the process knows itself; null if it does not tell. */
  readonly pid: number | null;
  /** The number by which this machine knows the process; null if it may be on another one. */
  readonly localPid: number | null;
  /** `v22.1.0`; null if the process does not tell. */
  readonly nodeVersion: string | null;
  /** The main thread first. */
  readonly threads: readonly AskedThread[];
  /** The workers are left alone. */
  readonly withoutWorkers: boolean;
  /** Garbage is collected after the reading, to tell it from what is alive; null: it is not. */
  readonly collect: Collect | null;
}

/** If the answers of the threads change by more than a hundredth of rss while the mappings are read, or by this, all is read again. */
const MOST_DRIFT = 2 ** 20;
const ATTEMPTS = 3;

/**
 * Reads a ledger. The threads are asked before and after the kernel, so that all figures are of one moment, or the ledger says by how much they are not.
 *
 * @throws ConnectionLostError if the process ends meanwhile
 */
export async function readLedger({ pid, localPid, nodeVersion, threads, withoutWorkers, collect }: Subject): Promise<Ledger> {
  let before = await askThreads(threads);
  for (let attempt = 1; ; attempt++) {
    const time = new Date().toISOString();
    const { resident, note } = await readResident(localPid, before.answers[0]?.memory.rss ?? null);
    const after = await askThreads(threads);
    const drift = driftBetween(before.answers, after.answers);
    const isOfOneMoment = drift <= Math.max(MOST_DRIFT, resident.rss / 100);
    if (isOfOneMoment || attempt === ATTEMPTS) {
      const { answers, notes } = collect === null ? { ...after, notes: [] } : await withLiveHeaps(after.answers, threads, collect);
      const isComplete = after.missing.length === 0 && !withoutWorkers;
      const circumstances = { drift, isComplete, externalHasWasm: nodeMajor(nodeVersion) < 26 };
      return {
        pid,
        time,
        rss: resident.rss,
        rows: ledgerRows(resident, answers, circumstances),
        verdicts: [],
        swap: note === null ? resident.swap : null,
        missing: after.missing,
        notes: [
          ...(note === null ? [] : [note]),
          ...(withoutWorkers ? [NO_WORKERS] : []),
          ...(isOfOneMoment ? [] : [driftNote(drift)]),
          ...notes,
        ],
      };
    }
    before = after;
  }
}

const NO_WORKERS = 'workers were not asked; if there are any, what they hold is in other rows';

interface Answers {
  readonly answers: readonly ThreadMemory[];
  readonly missing: readonly MissingThread[];
}

/** A worker that ends meanwhile is left out, as if it had ended before. */
async function askThreads(threads: readonly AskedThread[]): Promise<Answers> {
  const answers: ThreadMemory[] = [];
  const missing: MissingThread[] = [];
  const asked = await Promise.allSettled(threads.map(({ session }) => askIsolate(session)));
  for (const [index, result] of asked.entries()) {
    const { thread, session } = threads[index]!;
    if (result.status === 'fulfilled') answers.push({ thread, memory: result.value });
    else if (isUnanswered(session, result.reason)) missing.push({ thread, reason: messageOf(result.reason) });
    else if (index === 0) throw result.reason;
  }
  return { answers, missing };
}

/** How much the figures changed that are taken from the memory which malloc has, in bytes. */
function driftBetween(before: readonly ThreadMemory[], after: readonly ThreadMemory[]): number {
  const byThread = new Map(before.map(({ thread, memory }) => [thread, memory]));
  return after.reduce((sum, { thread, memory }) => {
    const old = byThread.get(thread);
    if (old === undefined) return sum;
    return sum + Math.abs(memory.external - old.external) + Math.abs(memory.arrayBuffers - old.arrayBuffers);
  }, 0);
}

function driftNote(drift: number): string {
  return `the program was busy: what it holds outside of its heaps changed by ${formatSize(drift)} while the kernel was asked, so that these rows are not of one moment`;
}
