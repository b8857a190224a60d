import type { Snapshot } from '../../snapshot/snapshot.js';

/** How a connection ended. */
export interface Closing {
  readonly reason: string;
  /** What was alive when the target came to its end, or was about to be signalled; null if nothing was traced or the target could not be asked. */
  readonly snapshot: Snapshot | null;
  /** `snapshot` was taken when the target came to its heap limit, because `start({ onOom: true })` asked for it. */
  readonly atHeapLimit: boolean;
  /** The snapshot with the most bytes, if `start({ peak: true })` asked for it; also if the target could not be asked at its end. */
  readonly peak: Snapshot | null;
  /** Why the last snapshot is missing, or is not from the very end; null if nothing went wrong. */
  readonly error: unknown;
}
