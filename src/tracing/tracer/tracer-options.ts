import type { CaptureInfo } from '../../model/trace-columns.js';
import type { Session } from '../../protocol/session.js';
import { Caretaker } from '../cleanup/caretaker.js';
import type { CleanupTask } from '../cleanup/cleanup-tasks.js';
import { GcLimiter } from '../isolate/gc-limiter.js';
import { isolateOf } from '../isolate/isolate.js';
import type { Gate } from './gate.js';
import type { TracedTarget } from './traced-target.js';

/** A connected target, and how to leave it. */
export interface TracerOptions {
  readonly session: Session;
  readonly info: CaptureInfo['target'];
  /** The number by which this machine knows the process; left out if it may be on another one. */
  readonly localPid?: number;
  /** Looks for that number among the processes of this machine; null if there is none. */
  readonly findLocalPid?: () => Promise<number | null>;
  /** The largest message that the connection carries, in bytes. */
  readonly maxMessageBytes: number;
  /** The target is the process that we run in: it cannot pause itself, and its running code cannot be replaced. */
  readonly isSelf?: boolean;
  /** Default true: each reading learns the names of scripts, which its collection may forget, and of their source maps. */
  readonly learnsScripts?: boolean;
  /** Of a program that was started for us and is paused before its first line. Left out if the target runs already. */
  readonly gate?: Gate;
  /** Left out if the target is the process that we run in: it ends with us. */
  readonly caretaker?: Caretaker;
  /** Shared by all isolates of one machine; default: one for this machine. */
  readonly gcLimiter?: GcLimiter | Promise<GcLimiter>;
  /** Does the same as `leave`, if we are killed. */
  readonly cleanupTask?: CleanupTask;
  /** Called when we leave a target that runs on, before the session is closed. Never rejects. */
  readonly leave?: () => Promise<void>;
}

export function tracedTarget(options: TracerOptions): TracedTarget {
  const {
    session,
    info,
    localPid = null,
    findLocalPid = async () => null,
    maxMessageBytes,
    isSelf = false,
    learnsScripts = true,
    gate,
    caretaker = new Caretaker(),
    gcLimiter = new GcLimiter(),
  } = options;
  const main = isolateOf(session, {
    thread: 'main',
    maxMessageBytes,
    hasOwnConnection: true,
    learnsScripts,
    canEdit: !isSelf,
    caretaker,
    threadId: 'main',
  });
  return { main, info, localPid, findLocalPid, caretaker, gcLimiter, isSelf, wasPaused: gate !== undefined };
}
