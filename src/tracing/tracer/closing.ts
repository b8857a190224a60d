import type { Snapshot } from '../../snapshot/snapshot.js';

/** How a connection ended. */
export interface Closing {
  readonly reason: string;
  /** What was alive when the target came to its end, or was about to be signalled; null when nothing was traced or could be asked. */
  readonly snapshot: Snapshot | null;
  /** `snapshot` is of the moment at which the target came to its heap limit, where `start({ onOom: true })` asked for it. */
  readonly atHeapLimit: boolean;
  /** The reading with the most bytes, where `start({ peak: true })` asked for it; also when the target could not be asked at its end. */
  readonly peak: Snapshot | null;
  /** Why the last snapshot is missing, or is not from the very end; null where nothing went wrong. */
  readonly error: unknown;
}
