import { CommandError } from '../../errors.js';
import type { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { setFlags } from '../../protocol/engine-flags.js';
import { type HoldOn, inHeldTurn } from '../../protocol/held-turn.js';
import type { Session } from '../../protocol/session.js';
import { type AskForCollected, collectedFunctions, endsAtCollectedFunctions } from './collected-functions.js';

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
const BLOCKED = 'Blocked';
/** The program did not come back to its event loop in time, or our turn was over too soon, which a loaded machine may cause. */
const MISSED = 'BlockedByBusyProgram';
/** So often a turn is waited for. */
const MOST_TURNS = 5;
const COLLECTED = 'V8 of Node 18 would end the program, because it has collected a function of the script; launch the program with --lines';
/** Node 26 has live edit behind a flag, which can be set at run time. */
const ALLOW = { set: ['--inspector-live-edit'], undo: ['--no-inspector-live-edit'] };

interface Editing {
  readonly session: Session;
  /** It must be on. */
  readonly domain: DebuggerDomain;
}

/**
 * Replaces the texts of scripts and reports each result. A function that is running, or suspended at an `await`, cannot be replaced, so
 * blocked scripts are tried again in rounds, all together for a short time.
 */
export async function replaceSources<One extends Replacement>(
  { session, domain }: Editing,
  all: readonly One[],
): Promise<Map<One, Outcome>> {
  let latest: number | null = null;
  const outcomes = new Map<One, Outcome>();
  const allowance = new Allowance(session);
  const isFatal = all.length > 0 && (await endsAtCollectedFunctions(session));
  try {
    for (let left = all, turn = 1; left.length > 0; turn++) {
      const statuses = isFatal
        ? await editCarefully({ session, domain }, left)
        : await edit(left, (one) => allowance.during(() => setSource(session, one)));
      for (const one of left) outcomes.set(one, outcomeOf(statuses.get(one) ?? MISSED));
      left = left.filter((one) => outcomes.get(one)?.outcome === 'blocked');
      latest ??= performance.now() + PATIENCE_MS; // from the first attempt on, which may have waited for the program
      const hasMissed = left.some((one) => outcomes.get(one)?.reason === MISSED);
      if (performance.now() > latest && !(hasMissed && turn < MOST_TURNS)) break;
      if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
    return outcomes;
  } finally {
    await allowance.end();
  }
}

async function edit<One>(all: readonly One[], act: (one: One) => Promise<string>): Promise<Map<One, string>> {
  const statuses = new Map<One, string>();
  for (const one of all) statuses.set(one, await act(one));
  return statuses;
}

/** Edits no script with a function that V8 has collected. Leaves out those that could not be edited because the program was busy. */
async function editCarefully<One extends Replacement>({ session, domain }: Editing, all: readonly One[]): Promise<Map<One, string>> {
  const checks = new Map<One, AskForCollected>();
  const statuses = await edit(all, (one) =>
    statusOf(async () => {
      checks.set(one, await collectedFunctions(session, one.scriptId));
      return MISSED;
    }),
  );
  const edited = await inHeldTurn(session, async (holdOn) => {
    const inTurn = await edit([...checks.keys()], (one) => setCarefully(session, one, { holdOn, hasCollected: checks.get(one)! }));
    await domain.renew('leaving the functions of the scripts'); // ends their preparation for breakpoints, in the held turn, too
    return inTurn;
  });
  return new Map([...statuses, ...(edited ?? [])]);
}

interface Care {
  readonly holdOn: HoldOn;
  readonly hasCollected: AskForCollected;
}

async function setCarefully(session: Session, one: Replacement, { holdOn, hasCollected }: Care): Promise<string> {
  return statusOf(async () => {
    const isLacking = await hasCollected(holdOn);
    if (isLacking === true) return COLLECTED;
    return isLacking === false && (await holdOn()) ? setSource(session, one) : MISSED;
  });
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
const ENDING_BLOCKS = /^Blocked(?!ByTopLevelEsModuleChange)/;

function outcomeOf(status: string): Outcome {
  if (status === 'Ok') return { outcome: 'done', reason: '' };
  if (status === GONE) return { outcome: 'unchanged', reason: 'it has been garbage collected' };
  return { outcome: ENDING_BLOCKS.test(status) ? 'blocked' : 'failed', reason: status };
}

async function setSource(session: Session, { scriptId, text: scriptSource }: Replacement): Promise<string> {
  return statusOf(async () => {
    const answer = await session.send('Debugger.setScriptSource', { scriptId, scriptSource }, { doing: 'editing a script' });
    const problem = answer.exceptionDetails?.text ?? '';
    // Node 18 has no status. If the text does not compile, the exception has a text; if the edit is blocked, it has none.
    const status = answer.status ?? (problem !== '' ? 'CompileError' : answer.exceptionDetails ? BLOCKED : 'Ok');
    return status === 'CompileError' ? `CompileError: ${problem}` : status;
  });
}

/** The status for what V8 refuses. */
async function statusOf(act: () => Promise<string>): Promise<string> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (/No script (?:with given|for) id/.test(error.message)) return GONE;
    if (/Internal error/.test(error.message)) return INTERNAL;
    return /no longer available/.test(error.message) ? FORBIDDEN : error.message;
  }
}
