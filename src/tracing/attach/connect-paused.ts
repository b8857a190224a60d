import type { Session } from '../../protocol/session.js';
import { MAX_MESSAGE_BYTES } from '../../protocol/websocket.js';
import type { Caretaker } from '../cleanup/caretaker.js';
import { readTargetInfo } from '../isolate/read-heap-totals.js';
import { Gate, type PausedStart } from '../tracer/gate.js';
import type { TracerOptions } from '../tracer/tracer-options.js';
import { openConversation } from './conversation.js';

/** How a program is paused before its first line. */
export interface Pause {
  /** Resolves when the program is paused. */
  readonly isReached: (session: Session) => Promise<void>;
  /** Lets the program run. */
  readonly end: (session: Session) => Promise<void>;
}

export interface PausedProgram extends Omit<PausedStart, 'release'> {
  /** The address of its inspector. */
  readonly url: string;
  readonly pid: number | null;
  readonly title: string;
  /** The path of its script, if that is of a package. */
  readonly script?: string;
  /** null if the program must be asked. */
  readonly nodeVersion: string | null;
  readonly pause: Pause;
}

/** Connects to a program that is paused before its first line, or is about to be. A tracer that gets what this returns lets it run. */
export async function connectPaused(
  { url, pid, title, script, nodeVersion, pause, ...start }: PausedProgram,
  caretaker: Caretaker,
): Promise<TracerOptions & { readonly caretaker: Caretaker }> {
  const session = await openConversation({ webSocketUrl: url, label: `${title} (pid ${pid})` }, caretaker);
  try {
    await pause.isReached(session);
    const version = nodeVersion ?? (await readTargetInfo(session)).info.nodeVersion;
    const info = { pid, title, nodeVersion: version, ...(script !== undefined && { script }) };
    await session.programEnd.watch();
    const gate = new Gate({ ...start, release: () => pause.end(session) });
    return { session, caretaker, info, maxMessageBytes: MAX_MESSAGE_BYTES, gate };
  } catch (error) {
    await session.close(); // an open connection would keep our process alive
    throw error;
  }
}
