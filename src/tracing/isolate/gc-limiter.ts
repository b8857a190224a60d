import { availableParallelism } from 'node:os';
import { evaluateOwn } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';
import { Limiter } from './limiter.js';

/** We do not wait longer for a target that is stopped. */
const PATIENCE_MS = 2_000;
const CORES = "process.getBuiltinModule?.('os').availableParallelism()";

/**
 * Limits how many isolates collect their garbage at once: one for every two cores. V8's collector has helper threads. With more isolates at once
 * they take the cores from each other while the program stands still (docs/decisions/snapshots-at-once.md). The others wait in their order.
 */
export class GcLimiter extends Limiter {
  /** @param cores of the machine on which the isolates run; default: this machine */
  constructor(cores = availableParallelism()) {
    super(Math.max(1, Math.floor(cores / 2)));
  }

  /** For the machine of this target, which may be another one behind a tunnel. For this machine if the target does not tell (before Node 20.16). Never rejects. */
  static async of(session: Session): Promise<GcLimiter> {
    const options = { timeoutMs: PATIENCE_MS, doing: 'asking for the number of cores' };
    const answer = await evaluateOwn(session, CORES, options).catch(() => null); // if the connection is lost, the next command says so
    const cores: unknown = answer?.value;
    return new GcLimiter(typeof cores === 'number' && cores >= 1 ? cores : undefined);
  }
}
