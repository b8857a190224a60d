import { CommandError } from '../../errors.js';
import { setFlags } from '../../protocol/engine-flags.js';
import type { Session } from '../../protocol/session.js';
import { endsAtCollectedFunctions, hasCollectedFunctions } from './collected-functions.js';

/** A script and its new text. */
export interface Replacement {
  readonly scriptId: string;
  readonly text: string;
}

/** The result of replacing one text. */
export interface Outcome {
  /** `'blocked'`: a function that would change was running or suspended at each attempt. */
  readonly outcome: 'done' | 'unchanged' | 'blocked' | 'failed';
  /** One clause; empty if the outcome is `'done'`. */
  readonly reason: string;
}

/** Blocked scripts are tried again at this interval. The limit is for all of them together. */
const RETRY_MS = 50;
const PATIENCE_MS = 2_000;
/** Statuses that we add to those of V8. */
const GONE = 'Gone';
const FORBIDDEN = 'Forbidden';
const INTERNAL = 'InternalError';
const COLLECTED = 'V8 of Node 18 would end the program, because it has collected a function of the script; launch the program with --lines';
/** Node 26 has live edit behind a flag, which can be set at run time. */
const ALLOW = { set: ['--inspector-live-edit'], undo: ['--no-inspector-live-edit'] };

/**
 * Replaces the texts of scripts and reports each result. A function that is running, or suspended at an `await`, cannot be replaced, so
 * blocked scripts are tried again in rounds, all together for a short time. The Debugger must be on.
 */
export async function replaceSources<One extends Replacement>(session: Session, all: readonly One[]): Promise<Map<One, Outcome>> {
  const latest = performance.now() + PATIENCE_MS;
  const outcomes = new Map<One, Outcome>();
  const allowance = new Allowance(session);
  const isFatal = all.length > 0 && (await endsAtCollectedFunctions(session));
  try {
    for (let left = all; left.length > 0; ) {
      for (const one of left) outcomes.set(one, outcomeOf(await allowance.during(() => setSource(session, one, isFatal))));
      left = left.filter((one) => outcomes.get(one)?.outcome === 'blocked');
      if (performance.now() > latest) break;
      if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return outcomes;
  } finally {
    await allowance.end();
  }
}

/** Allows live edit while we edit, if the target forbids it. */
class Allowance {
  readonly #session: Session;
  #isSet = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Tries first and sets the flag only if that fails: another thread that edits may have reset the flag meanwhile. */
  async during(edit: () => Promise<string>): Promise<string> {
    const status = await edit();
    if (status !== FORBIDDEN) return status;
    await setFlags(this.#session, ALLOW.set);
    this.#isSet = true;
    return edit();
  }

  async end(): Promise<void> {
    if (this.#isSet && this.#session.isOpen) await setFlags(this.#session, ALLOW.undo);
  }
}

/** These blocks end by themselves, except that of an ES module's top level, which never returns. */
const BLOCKED = /^Blocked(?!ByTopLevelEsModuleChange)/;

function outcomeOf(status: string): Outcome {
  if (status === 'Ok') return { outcome: 'done', reason: '' };
  if (status === GONE) return { outcome: 'unchanged', reason: 'it has been garbage collected' };
  return { outcome: BLOCKED.test(status) ? 'blocked' : 'failed', reason: status };
}

/** @param isFatal whether the edit of a collected function ends the program */
async function setSource(session: Session, { scriptId, text: scriptSource }: Replacement, isFatal: boolean): Promise<string> {
  try {
    if (isFatal && (await hasCollectedFunctions(session, scriptId))) return COLLECTED;
    const answer = await session.send('Debugger.setScriptSource', { scriptId, scriptSource }, { doing: 'editing a script' });
    const problem = answer.exceptionDetails?.text ?? '';
    // Node 18 has no status. If the text does not compile, the exception has a text; if the edit is blocked, it has none.
    const status = answer.status ?? (problem !== '' ? 'CompileError' : answer.exceptionDetails ? 'Blocked' : 'Ok');
    return status === 'CompileError' ? `CompileError: ${problem}` : status;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (/No script (?:with given|for) id/.test(error.message)) return GONE;
    if (/Internal error/.test(error.message)) return INTERNAL;
    return /no longer available/.test(error.message) ? FORBIDDEN : error.message;
  }
}
