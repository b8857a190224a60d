import { CommandError, ForeignSamplerError, NotTracingError, UsageError } from '../../errors.js';
import type { Session } from '../../protocol/session.js';

/**
 * Mean bytes between two samples. V8's own default is 32768, with which nearly every small block gives the same product of size and count.
 * Of all intervals near 32 KiB, 30912 tells the sizes of real heaps apart best (docs/decisions/counts.md).
 */
export const DEFAULT_INTERVAL = 30912;

/** The longest wait for a profile, whose collection and message take seconds on a large heap. */
export const PROFILE_TIMEOUT_MS = 180_000;

export const ANOTHER_SAMPLES =
  'another tool is sampling the heap of this target, and V8 has only one sampler; stop the other tool first, or take over with force (--take-over)';
const ENDED =
  'somebody else has ended the sampling, and what it knew is lost: V8 has one sampler for each thread, which node --heap-prof ends at the end of the program, and an agent, or the program itself, by HeapProfiler.stopSampling; trace without them';

/** So many bytes between two samples that there are none. */
const NEVER = 2 ** 30;

/**
 * With a value between 0 and 1 the target aborts on a check in V8, in all versions.
 *
 * @throws UsageError
 */
export function checkInterval(interval: number): void {
  if (Number.isInteger(interval) && interval >= 1) return;
  throw new UsageError(`the sampling interval must be an integer of at least 1 byte, not ${interval}`);
}

/** Before a start: nobody else may sample. With `force`, the sampling of another tool is ended. @throws ForeignSamplerError */
export async function claimSampler(
  session: Session,
  { force, timeoutMs }: { readonly force: boolean; readonly timeoutMs: number },
): Promise<void> {
  if (!(await somebodySamples(session, timeoutMs))) return;
  if (!force) throw new ForeignSamplerError(ANOTHER_SAMPLES);
  await session.send('HeapProfiler.stopSampling', undefined, { timeoutMs, doing: 'taking over the sampler' });
}

/** @param withDead also keep samples whose memory V8 has freed; Node 18 ignores this */
export async function startSampling(session: Session, interval: number, { withDead = false } = {}): Promise<void> {
  // No stackDepth: Node 18 to 24 ignore it, Node 26 dies of a large one, and V8's default depth of 128 is what we want.
  const dead = withDead && { includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true };
  await session.send('HeapProfiler.startSampling', { samplingInterval: interval, ...dead }, { doing: 'starting the sampling' });
}

/** `HeapProfiler.disable` ends our sampling without the collection and the message of `stopSampling` (18 to 26). */
export async function dropSamples(session: Session): Promise<void> {
  await session.send('HeapProfiler.disable', undefined, { doing: 'ending the sampling' });
}

/**
 * After `HeapProfiler.disable`, V8 still takes this conversation for one that samples: its end would end the sampler of whoever samples then (18 to
 * 26). Only `stopSampling` makes V8 forget it. That collects the garbage, so it is left out if the conversation ends now. It ends a new sampling
 * that has no samples, so that its message is small.
 */
export async function endSampling(
  session: Session,
  { isLeaving, timeoutMs }: { readonly isLeaving: boolean; readonly timeoutMs: number },
): Promise<void> {
  const ended = dropSamples(session);
  if (isLeaving) return ended;
  const options = { timeoutMs, doing: 'ending the sampling' };
  const begun = session.send('HeapProfiler.startSampling', { samplingInterval: NEVER }, options);
  await Promise.all([ended, begun, session.send('HeapProfiler.stopSampling', undefined, options)]);
}

/** What to throw if a request for samples failed: NotTracingError if another tool has ended the sampling. */
export function asEnded(error: unknown): unknown {
  return isNotStarted(error) ? new NotTracingError(ENDED, { cause: error }) : error;
}

/** The command fails if nobody samples. Otherwise it costs the target a collection. */
async function somebodySamples(session: Session, timeoutMs: number): Promise<boolean> {
  try {
    await session.send('HeapProfiler.getSamplingProfile', undefined, { timeoutMs, doing: 'asking whether somebody samples' });
    return true;
  } catch (error) {
    if (isNotStarted(error)) return false;
    throw error;
  }
}

/** V8's answer if nobody samples. */
function isNotStarted(error: unknown): boolean {
  return error instanceof CommandError && /not started/.test(error.message);
}
