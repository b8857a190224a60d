import { UsageError } from '../errors.js';

/** What an assertion runs again and again. If it returns a promise, the next call waits for it. */
export type Work = () => unknown;

/** @throws UsageError */
export function checkWork(work: unknown): asserts work is Work {
  if (typeof work !== 'function')
    throw new UsageError(`the work must be a function that can be called again and again, not ${typeof work}`);
}

/** What lets an assertion end while the work is still being done. */
export interface Calling {
  /** No further call is made. */
  readonly isOver: boolean;
}

/**
 * Calls the work so many times, one call after the other. The frames of this file stand between the runner's and the work's, and are left out of
 * tracebacks. All other frames of ours would hide what the work allocates, so it is called from a stack that begins here.
 *
 * @throws what the work throws
 */
export async function callWork(work: Work, calls: number, calling: Calling): Promise<void> {
  await null;
  for (let i = 0; i < calls && !calling.isOver; i++) {
    const result = work();
    if (isThenable(result)) await result;
  }
}

/**
 * Calls the work once.
 *
 * @returns what the work gives, so that it can be kept alive
 * @throws what the work throws
 */
export async function callOnce(work: Work): Promise<unknown> {
  await null;
  const result = work();
  return isThenable(result) ? await result : result;
}

/** A promise of another realm, as jest has them, is no instance of Promise. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
