import { UnsupportedError } from '../../errors.js';
import { evaluateInTurn, evaluateOwn, THROWN_TEXT } from '../../protocol/evaluate.js';
import { untilEventLoop } from '../../protocol/event-loop.js';
import { inHeldTurn } from '../../protocol/held-turn.js';
import type { Session } from '../../protocol/session.js';
import { LABEL_RUNTIME } from '../../text/own-scripts.js';
import type { LabelChoice } from './label-choice.js';
import { LABEL_REGISTRY } from './label-names.js';
import { labelRuntimeText } from './label-runtime-text.js';

const REGISTRY = `globalThis[Symbol.for('${LABEL_REGISTRY}')]`;
/** Node 18 has no `getBuiltinModule`, and only CommonJS programs have a main module. */
const LOAD = 'process.getBuiltinModule ?? process.mainModule?.require.bind(process.mainModule)';
const DOING = { doing: 'labelling the work of the target' };

/**
 * Puts what sets labels into a running program, in a turn of its event loop: it loads modules of Node, which the program may just be loading otherwise.
 * It stays until `removeLabels`.
 *
 * @returns false if the program has labels already, which belong to somebody else
 * @throws UnsupportedError if the program does not let us, CommandTimeoutError if it does not come back to its event loop
 */
export async function installLabels(session: Session, choice: LabelChoice): Promise<boolean> {
  const { value: canLoad } = await evaluateOwn(session, `typeof (${LOAD}) === 'function'`, DOING);
  await untilEventLoop(session, session.timeoutMs);
  const value =
    canLoad === true ? await inTurn(session, installation(choice, LOAD)) : await withConsole(session, installation(choice, 'require'));
  if (typeof value === 'boolean') return value;
  const problem = typeof value === 'string' ? value : 'it gave no answer';
  throw new UnsupportedError(`this target does not let us label its work (${problem}); launch it with labels instead`);
}

/** For an evaluation: installs, and gives what was thrown as text. */
function installation(choice: LabelChoice, load: string): string {
  const text = JSON.stringify(labelRuntimeText(choice));
  const install = `(load => load('vm').runInThisContext(${text}, { filename: '${LABEL_RUNTIME}' })(load))(${load})`;
  return `(() => { try { return ${install}; } catch (error) { return ${THROWN_TEXT}; } })()`;
}

async function inTurn(session: Session, expression: string): Promise<unknown> {
  return (await evaluateInTurn(session, { expression }, DOING)).value;
}

/** The command line API has a `require`. It kills Node 18 at the end of a program, where the program is not while we hold its event loop. */
async function withConsole(session: Session, expression: string): Promise<unknown> {
  return inHeldTurn(session, async () => (await evaluateOwn(session, expression, { ...DOING, hasRequire: true })).value);
}

/** What edited functions call stays, and calls their wrappers without labels. */
export async function removeLabels(session: Session): Promise<void> {
  await evaluateOwn(session, `${REGISTRY}?.remove()`, DOING);
}
