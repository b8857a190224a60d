import { availableParallelism } from 'node:os';
import { evaluateOwn } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';

/** A target that is stopped is not waited for. */
const PATIENCE_MS = 2_000;
const CORES = "process.getBuiltinModule?.('os').availableParallelism()";

/**
 * How many isolates collect their garbage at once: one for two cores, because V8's collector has helpers, and with more they take the cores from each other
 * while they stand still (docs/decisions/snapshots-at-once.md). The others wait, in the order in which they came.
 */
export class GcLimiter {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param cores of the machine that the isolates are on; default ours */
  constructor(cores = availableParallelism()) {
    this.#free = Math.max(1, Math.floor(cores / 2));
  }

  /** For the machine of this target, which behind a tunnel is not ours; for ours, where it does not tell (before Node 20.16). Never rejects. */
  static async of(session: Session): Promise<GcLimiter> {
    const options = { timeoutMs: PATIENCE_MS, doing: 'asking for the number of cores' };
    const answer = await evaluateOwn(session, CORES, options).catch(() => null); // what is wrong with the connection, the next command says
    const cores: unknown = answer?.result.value;
    return new GcLimiter(typeof cores === 'number' && cores >= 1 ? cores : undefined);
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
