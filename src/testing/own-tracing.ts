import { TracemallocError } from '../errors.js';
import { attachSelfForRounds, type RoundsTracer } from '../tracing/attach/attach-self.js';
import type { StartOptions } from '../tracing/tracer/start-options.js';
import type { Calling } from './call-work.js';
import { withoutCompilationCache } from './compilation-cache.js';

/** What ends a measurement before it is done. */
interface Running extends Calling {
  abandon(): Promise<void>;
}

const SUPERSEDED = 'another measurement began in this process before this one was over: let tests that measure run one after the other';

let running: Running | null = null;

/**
 * Traces this process while `measuring` runs. V8 has one sampler, so one measurement runs at a time. If another one begins, the earlier one has been
 * given up by its runner, because its time was over, or tests run beside each other: it ends with an error that says so.
 *
 * @throws ForeignSamplerError if another tool traces this process
 */
export async function whileTracingSelf<T>(
  options: StartOptions,
  measuring: (target: RoundsTracer, calling: Calling) => Promise<T>,
): Promise<T> {
  await running?.abandon();
  const target = await attachSelfForRounds();
  const { tracer } = target;
  let isOver = false;
  let reject: (error: Error) => void;
  const abandoned = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  abandoned.catch(() => {}); // if nobody waits for it any more
  const own: Running = {
    get isOver() {
      return isOver;
    },
    async abandon() {
      isOver = true;
      reject(new TracemallocError(SUPERSEDED));
      await tracer.close();
    },
  };
  running = own;
  const restoreCache = withoutCompilationCache();
  try {
    await tracer.start(options);
    return await Promise.race([measuring(target, own), abandoned]);
  } finally {
    isOver = true;
    if (running === own) running = null;
    restoreCache();
    await tracer.close();
  }
}
