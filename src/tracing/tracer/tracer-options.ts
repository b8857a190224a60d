import type { CaptureInfo } from '../../model/trace-columns.js';
import type { Session } from '../../protocol/session.js';
import { Caretaker } from '../cleanup/caretaker.js';
import type { Debt } from '../cleanup/cleanup-tasks.js';
import { Lanes } from '../isolate/gc-limiter.js';
import { isolateOf } from '../isolate/isolate.js';
import type { TracedTarget } from './traced-target.js';

/** A target that is connected, and how it is to be left. */
export interface TracerOptions {
  readonly session: Session;
  readonly info: CaptureInfo['target'];
  /** The largest message that the connection carries. */
  readonly maxMessageBytes: number;
  /**
   * `'running'`: it can pause, and its code can be replaced. `'held'`: it is ours, and waits before its first line. `'self'`: it is the
   * process that we run in, which can do neither.
   */
  readonly state: 'running' | 'held' | 'self';
  /** Left out where the target is our own process. */
  readonly caretaker?: Caretaker;
  /** For snapshots of several threads, or of several targets, at once; default for our machine. */
  readonly lanes?: Lanes | Promise<Lanes>;
  /** What `leave` pays; the caretaker does when we are killed. */
  readonly debt?: Debt;
  /** Called when we leave a target that goes on, before the session is closed. Never rejects. */
  readonly leave?: () => Promise<void>;
}

export function tracedTarget(options: TracerOptions): TracedTarget {
  const { session, info, maxMessageBytes, state, caretaker = Caretaker.none(), lanes = new Lanes() } = options;
  const main = isolateOf(session, {
    thread: 'main',
    maxMessageBytes,
    hasOwnConnection: true,
    canEdit: state !== 'self',
    caretaker,
    threadId: 'main',
  });
  // A worker that is held while its controller is killed would stay held: only in programs of our own.
  return { main, info, caretaker, lanes, isSelf: state === 'self', holdsWorkers: state === 'held' };
}
