import { CommandError } from '../../errors.js';
import { setFlags } from '../../protocol/engine-flags.js';
import type { Session } from '../../protocol/session.js';

/** The text that a script is to have. */
export interface Replacement {
  readonly scriptId: string;
  readonly text: string;
}

/** How it went. */
export interface Outcome {
  /** `'blocked'`: a function that would change was on the stack, or suspended, each time that we tried. */
  readonly outcome: 'done' | 'unchanged' | 'blocked' | 'failed';
  /** One clause, where the outcome is not `'done'`. */
  readonly reason: string;
}

/** Scripts that are blocked are tried again every so often, all of them for so long. */
const RETRY_MS = 50;
const PATIENCE_MS = 2_000;
/** As statuses of ours. */
const GONE = 'Gone';
const FORBIDDEN = 'Forbidden';
/** Node 26 has live edit behind a flag, which it takes at run time. */
const ALLOW = { set: ['--inspector-live-edit'], undo: ['--no-inspector-live-edit'] };

/**
 * Replaces the texts of scripts, and tells how it went. A function that is running, or suspended at an `await`, cannot be replaced: what is blocked so is tried
 * again in rounds, all together for a little while. The Debugger is on.
 */
export async function replaceSources<One extends Replacement>(session: Session, all: readonly One[]): Promise<Map<One, Outcome>> {
  const latest = performance.now() + PATIENCE_MS;
  const outcomes = new Map<One, Outcome>();
  const allowance = new Allowance(session);
  try {
    for (let left = all; left.length > 0; ) {
      for (const one of left) outcomes.set(one, outcomeOf(await allowance.during(() => setSource(session, one))));
      left = left.filter((one) => outcomes.get(one)?.outcome === 'blocked');
      if (performance.now() > latest) break;
      if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return outcomes;
  } finally {
    await allowance.end();
  }
}

/** Allows live edit where it is forbidden, for as long as we edit. */
class Allowance {
  readonly #session: Session;
  #isSet = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Another thread of the program that is edited may take the flag back meanwhile. */
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

/** The top level of an ES module is no function that will end. */
const BLOCKED = /^Blocked(?!ByTopLevelEsModuleChange)/;

function outcomeOf(status: string): Outcome {
  if (status === 'Ok') return { outcome: 'done', reason: '' };
  if (status === GONE) return { outcome: 'unchanged', reason: 'it has been garbage collected' };
  return { outcome: BLOCKED.test(status) ? 'blocked' : 'failed', reason: status };
}

async function setSource(session: Session, { scriptId, text: scriptSource }: Replacement): Promise<string> {
  try {
    const answer = await session.send('Debugger.setScriptSource', { scriptId, scriptSource }, { doing: 'editing a script' });
    const problem = answer.exceptionDetails?.text ?? '';
    // Node 18 has no status: of what does not compile it has a text, of a block an exception without one.
    const status = answer.status ?? (problem !== '' ? 'CompileError' : answer.exceptionDetails ? 'Blocked' : 'Ok');
    return status === 'CompileError' ? `CompileError: ${problem}` : status;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (/No script with given id/.test(error.message)) return GONE;
    return /no longer available/.test(error.message) ? FORBIDDEN : error.message;
  }
}
