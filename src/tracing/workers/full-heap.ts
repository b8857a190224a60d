import { V8 } from '../../protocol/engine-flags.js';
import { evaluateInTurn, evaluateOwn, readHeapUsage } from '../../protocol/evaluate.js';
import { HAS_EVENT_LOOP } from '../../protocol/event-loop.js';
import type { Session } from '../../protocol/session.js';
import { Poll } from '../watch/poll.js';

const POLL_MS = 250;
/** A worker that Node ended for its heap still had 0.97 to 1.6 times its limit (18 to 26). */
const FULL = 0.9;
const DOING = { doing: 'asking a worker for its heap limit' };

/**
 * Bytes of the old space at which Node ends this worker. V8 reports only one limit for old and young space together. `resourceLimits` has both, but
 * does not know the flags that override them.
 */
const LIMIT = `((v8, { maxOldGenerationSizeMb, maxYoungGenerationSizeMb }) => {
  const [old, young] = [maxOldGenerationSizeMb * 2 ** 20, maxYoungGenerationSizeMb * 2 ** 20];
  const all = v8.getHeapStatistics().heap_size_limit;
  return all >= old ? old : all - young;
})(process.getBuiltinModule('v8'), process.getBuiltinModule('worker_threads').resourceLimits)`;
const HAS_MODULES = "typeof process !== 'undefined' && process.getBuiltinModule !== undefined";
/** The same before Node 20.16 and 22.3, for a young space of the default size. */
const OLD_LIMIT = `((v8) => {
  v8.updateHeapStatisticsBuffer();
  const all = v8.heapStatisticsBuffer[5];
  return Math.max(all - 48 * 2 ** 20, all / 4);
})(${V8})`;

/**
 * Whether Node ended a worker because its heap was full (ERR_WORKER_OUT_OF_MEMORY). No event tells, so we compare what the worker still holds at its
 * end with its limit. At such an end V8 has not yet freed what the worker's globals held; at any other end it has.
 *
 * V8's pause at the heap limit would show it, but can take the whole program down. The Debugger's callback replaces Node's for the pause. When the
 * Debugger is disabled, V8 moves the limit to a quarter above what is alive. The worker allocates on until the marking that now begins has ended, and
 * may be more than 16 MB above the limit by then, which is all that Node's callback adds. V8 then aborts the process (`Reached heap limit`). The
 * numbers are in docs/decisions/workers-at-their-heap-limit.md.
 */
export class FullHeap {
  readonly #session: Session;
  readonly #poll: Poll<number | null>;
  #limit: number | null = null;

  constructor(session: Session) {
    this.#session = session;
    this.#poll = new Poll(
      session,
      () => readOldLimit(session),
      (limit = null) => this.#learn(limit),
    );
  }

  /**
   * Asks the worker for its limit, which works even while it is paused before its first line. A worker of an older Node is asked between two turns
   * of its event loop, until it answers. At other moments it may be reading Node's options. The question reads them, too, and the thread would wait
   * for itself for ever (Node 18: 1 of 30 on a loaded machine).
   */
  async watch(): Promise<void> {
    this.#learn(await readLimit(this.#session));
    if (this.#limit === null) this.#poll.start(POLL_MS);
  }

  stop(): void {
    this.#poll.stop();
  }

  /** At the worker's end, before anything collects its garbage. */
  async isReached(): Promise<boolean> {
    this.stop();
    if (this.#limit === null) return false;
    const { usedSize } = await readHeapUsage(this.#session, { doing: 'reading what a worker holds at its end' });
    return usedSize >= FULL * this.#limit;
  }

  #learn(limit: number | null): void {
    if (limit === null) return;
    this.#limit = limit;
    this.stop();
  }
}

/** In bytes; null if this Node cannot answer so early. */
async function readLimit(session: Session): Promise<number | null> {
  const { value } = await evaluateOwn(session, `${HAS_MODULES} ? ${LIMIT} : null`, DOING);
  return typeof value === 'number' ? value : null;
}

async function readOldLimit(session: Session): Promise<number | null> {
  const { value } = await evaluateInTurn(session, { expression: OLD_LIMIT, provided: HAS_EVENT_LOOP }, DOING);
  return typeof value === 'number' ? value : null;
}
