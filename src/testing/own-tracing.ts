import { TracemallocError } from '../errors.js';
import { attachSelfForRounds, type RoundsTracer } from '../tracing/attach/attach-self.js';
import type { StartOptions } from '../tracing/tracer/start-options.js';
import type { Calling } from './call-work.js';
import { withoutCompilationCache } from './without-compilers.js';

export interface Measuring extends Calling {
  /** Is called when the measurement ends in any way, before the tracing does. */
  atEnd(clean: () => Promise<void>): void;
}

/** What ends a measurement before it is done. */
interface Running extends Measuring {
  /** Resolves if nothing of it is left. */
  abandon(): Promise<void>;
}

const SUPERSEDED = 'another measurement began in this process before this one was over: let tests that measure run one after the other';

let running: Running | null = null;

/**
 * Traces this process while `measure` runs. V8 has one sampler, so one measurement runs at a time. If another one begins, the earlier one has been
 * given up by its runner, because its time was over, or tests run beside each other: it ends with an error that says so.
 *
 * @throws ForeignSamplerError if another tool traces this process
 */
export async function whileTracingSelf<T>(
  options: StartOptions,
  measure: (target: RoundsTracer, measuring: Measuring) => Promise<T>,
): Promise<T> {
  while (running !== null) await running.abandon(); // another one may have begun meanwhile
  const target = attachSelfForRounds();
  const { tracer } = target;
  let isOver = false;
  let reject: (error: Error) => void;
  const abandoned = new Promise<never>((_, refuse) => {
    reject = refuse;
  });
  abandoned.catch(() => {}); // if nobody waits for it any more
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let clean = async () => {};
  running = {
    atEnd(wanted) {
      clean = wanted;
    },
    get isOver() {
      return isOver;
    },
    abandon() {
      isOver = true;
      reject(new TracemallocError(SUPERSEDED));
      return ended;
    },
  };
  const measuring = running;
  const restoreCache = withoutCompilationCache();
  try {
    return await Promise.race([tracer.start(options).then(() => (isOver ? abandoned : measure(target, measuring))), abandoned]);
  } finally {
    isOver = true;
    restoreCache();
    await clean()
      .finally(() => tracer.close())
      .finally(() => {
        running = null;
        end();
      });
  }
}
