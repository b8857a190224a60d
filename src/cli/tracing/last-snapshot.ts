import { ConnectionLostError } from '../../errors.js';
import { messageOf } from '../../protocol/error-text.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { printable } from '../../text/printable.js';
import type { Closing } from '../../tracing/tracer/closing.js';
import type { TakeOptions, Tracer } from '../../tracing/tracer/tracer.js';
import { HEAP_LIMIT_NOTICE } from '../output/print-results.js';

const LONGEST_END_MS = 5000;
const NO_END_NOTICE = 'the program seemed to come to its end and has not ended: this is what it held then';

export interface Outcome {
  readonly snapshot: Snapshot;
  /** One line for the user; null if there is nothing to say. */
  readonly notice: string | null;
  /** false: the snapshot is an earlier one, because no later one could be taken. */
  readonly isLast: boolean;
}

/** An earlier snapshot, which is shown if there is no last one. */
export interface Earlier {
  readonly snapshot: Snapshot;
  /** `the checkpoint`, `round 3` */
  readonly name: string;
  /** Whether it replaces even the snapshot of the heap limit if it is newer. */
  readonly isRound: boolean;
}

/**
 * Takes the last snapshot. If the program has ended meanwhile, gives what was alive at its end, or else an earlier snapshot.
 *
 * @throws ConnectionLostError if the program has ended and there is neither
 */
export async function takeLastSnapshot(tracer: Tracer, earlierOf: () => Earlier | null, options: TakeOptions = {}): Promise<Outcome> {
  try {
    if (tracer.isTracing()) return { snapshot: await tracer.takeSnapshot(options), notice: null, isLast: true };
  } catch (failure) {
    const isOver = failure instanceof ConnectionLostError || !tracer.isTracing();
    if (!isOver) throw failure; // otherwise the program has just come to its end
  }
  const { snapshot, atHeapLimit, error, reason, isEnded } = await closingOf(tracer);
  const earlier = earlierOf();
  if (snapshot && atHeapLimit && earlier?.isRound && earlier.snapshot.capture.time > snapshot.capture.time)
    return { snapshot: earlier.snapshot, notice: livedOnNotice(snapshot, earlier), isLast: true };
  if (snapshot) return { snapshot, notice: atHeapLimit ? HEAP_LIMIT_NOTICE : isEnded ? null : NO_END_NOTICE, isLast: true };
  if (earlier) return { snapshot: earlier.snapshot, notice: earlierNotice(earlier, error ? messageOf(error) : reason), isLast: false };
  throw error ?? new ConnectionLostError(`the target is gone before its result could be taken: ${reason}`);
}

/** The line above the table of an earlier snapshot. @param why one clause: why there is no later one */
export function earlierNotice({ snapshot, name }: Omit<Earlier, 'isRound'>, why: string): string {
  return `no last snapshot: ${printable(why)}; what follows is ${name} of ${snapshot.capture.time}`;
}

/** V8 pauses a program only once at its limit. If the program frees memory then, it lives on, and what was taken meanwhile is newer. */
function livedOnNotice({ capture }: Snapshot, { snapshot, name }: Earlier): string {
  return `the program came to its heap limit at ${capture.time} and lived on; what follows is ${name} of ${snapshot.capture.time}`;
}

/** Waits for the end of the program. A program that seemed to end may run on: then we leave it after a few seconds. */
async function closingOf(tracer: Tracer): Promise<Closing & { readonly isEnded: boolean }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), LONGEST_END_MS);
  });
  const isEnded = await Promise.race([tracer.closed.then(() => true), late]);
  clearTimeout(timer);
  if (!isEnded) await tracer.close();
  return { ...(await tracer.closed), isEnded };
}
