import { UnsupportedError } from '../../errors.js';
import { type Evaluation, evaluateOwn } from '../../protocol/evaluate.js';
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
 * Puts what sets labels into a running program. It stays until `removeLabels`.
 *
 * @returns false if the program has labels already, which belong to somebody else
 * @throws UnsupportedError if the program does not let us
 */
export async function installLabels(session: Session, choice: LabelChoice): Promise<boolean> {
  const text = JSON.stringify(labelRuntimeText(choice));
  const install = (load: string) => `(load => load('vm').runInThisContext(${text}, { filename: '${LABEL_RUNTIME}' })(load))(${load})`;
  const { value: canLoad } = await evaluateOwn(session, `typeof (${LOAD}) === 'function'`, DOING);
  const { value, problem } =
    canLoad === true ? await evaluateOwn(session, install(LOAD), DOING) : await withConsole(session, install('require'));
  if (problem !== null)
    throw new UnsupportedError(`this target does not let us label its work (${problem}); launch it with labels instead`);
  return value === true;
}

/** The command line API has a `require`. It is asked for in a held turn of the event loop only, because it kills Node 18 at the end of a program. */
async function withConsole(session: Session, expression: string): Promise<Evaluation> {
  const busy: Evaluation = { value: undefined, problem: 'it did not come to its event loop in time' };
  return (await inHeldTurn(session, async () => evaluateOwn(session, expression, { ...DOING, hasRequire: true }))) ?? busy;
}

/** @param isKept whether functions of the program may still run as we have edited them */
export async function removeLabels(session: Session, { isKept }: { readonly isKept: boolean }): Promise<void> {
  await evaluateOwn(session, `${REGISTRY}?.remove(${isKept})`, DOING);
}
