import type { Session } from '../protocol/session.js';
import { listed } from '../text/listing.js';
import { type AskedThread, askIsolate, isUnanswered } from './isolate-memory.js';
import type { ThreadMemory } from './ledger-rows.js';

/** Collects the garbage of a thread. Resolves with false if the thread did not get to it in time. */
export type Collect = (session: Session) => Promise<boolean>;

interface LiveHeaps {
  /** The same answers, with what is alive. */
  readonly answers: readonly ThreadMemory[];
  readonly notes: readonly string[];
}

/**
 * Finds out how much of each heap is alive. V8 knows it only right after a collection: its number of what is in use counts garbage, too.
 *
 * @param answers from before the collection
 */
export async function withLiveHeaps(
  answers: readonly ThreadMemory[],
  threads: readonly AskedThread[],
  collect: Collect,
): Promise<LiveHeaps> {
  const sessions = new Map(threads.map(({ thread, session }) => [thread, session]));
  const lives = await Promise.all(answers.map(({ thread }) => liveIn(sessions.get(thread)!, collect)));
  const failed = answers.filter((_, index) => lives[index] === null).map(({ thread }) => thread);
  return {
    answers: answers.map(({ thread, memory }, index) => {
      const live = lives[index]!;
      return { thread, memory: live === null ? memory : { ...memory, live: Math.min(live, memory.used) } };
    }),
    notes: failed.length === 0 ? [] : [failureNote(failed)],
  };
}

/** null if the thread was too busy to collect, or has ended meanwhile. */
async function liveIn(session: Session, collect: Collect): Promise<number | null> {
  try {
    return (await collect(session)) ? (await askIsolate(session)).used : null;
  } catch (error) {
    if (session.isOpen && !isUnanswered(session, error)) throw error;
    return null;
  }
}

function failureNote(threads: readonly string[]): string {
  return `garbage was not collected in ${listed(threads, 'and')}, which was busy or has ended: what is alive there is not known`;
}
