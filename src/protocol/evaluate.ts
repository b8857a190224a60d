import type * as z from 'zod/mini';
import { ConnectionLostError } from '../errors.js';
import { OWN_SCHEME } from '../text/own-scripts.js';
import { evaluation, heapUsage, parseAnswer } from './schemas.js';
import type { CallOptions, Session } from './session.js';

/** For an evaluation: Node's own timers if it can get them, since the program may have replaced the global ones. */
export const TIMERS = "(process.getBuiltinModule?.('timers') ?? globalThis)";

interface EvaluateOptions extends Omit<CallOptions, 'needsEventLoop'> {
  /** Whether the expression needs the `require` of the command line API. Only in a held turn of the event loop. */
  readonly hasRequire?: boolean;
}

/** What an expression of ours gave, by copy. */
export interface Evaluation {
  readonly value: unknown;
  /** One line: what was thrown, or why nothing was evaluated; null if all went well. */
  readonly problem: string | null;
}

const THREW = '__node_tracemalloc_threw__';
const ENDED: Evaluation = { value: undefined, problem: 'the program has ended' };

/** For an evaluation: the first line of what was thrown, which is the value of `error`. Does not throw. */
export const THROWN_TEXT = `(() => {
  try { return (typeof error === 'string' ? JSON.stringify(error) : String(error)).split('\\n', 1)[0]; } catch { return 'something that has no text'; }
})()`;

/**
 * Evaluates one of our own expressions in the target. Breakpoints are off: if another debugger has asked for a pause, it must not happen in our
 * code, where Node may lose the wake-up for the next command. The command line API, which would provide `require`, is off too: installing it kills
 * Node 18 and 20 (SIGSEGV, each time) if the program has just reached its end.
 *
 * What the expression throws is caught in the target. If the program runs with `--abort-on-uncaught-exception`, V8 would end it otherwise, though the
 * inspector would have caught the exception (18 to 26). At the end of the program nothing is evaluated, for the same reason ({@link ProgramEnd}).
 */
export async function evaluateOwn(
  session: Session,
  expression: string,
  { hasRequire = false, ...options }: EvaluateOptions,
): Promise<Evaluation> {
  return (await evaluate(session, { expression, ...(hasRequire && { includeCommandLineAPI: true }) }, options)) ?? ENDED;
}

interface InTurn {
  readonly expression: string;
  /** If this is false in the target, nothing is waited for and the value is undefined. */
  readonly provided?: string;
}

/**
 * Evaluates in a turn of the event loop, when everything on the stack has returned. The value is undefined if the expression throws there.
 *
 * @throws ConnectionLostError if the program has ended
 */
export async function evaluateInTurn(
  session: Session,
  { expression, provided = 'true' }: InTurn,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const take = `() => { try { resolve(${expression}); } catch { resolve(); } }`;
  const inTurn = `${provided} ? new Promise((resolve) => ${TIMERS}.setImmediate(${take})) : undefined`;
  const evaluated = await evaluate(session, { expression: inTurn, awaitPromise: true }, { ...options, needsEventLoop: true });
  if (evaluated) return evaluated;
  throw new ConnectionLostError(`${session.label} gave no answer while ${options.doing}: ${ENDED.problem}`);
}

/** null at the end of the program. */
async function evaluate(
  session: Session,
  { expression, ...how }: { readonly expression: string; readonly awaitPromise?: boolean; readonly includeCommandLineAPI?: boolean },
  options: CallOptions,
): Promise<Evaluation | null> {
  const caught = `try { ${expression}\n} catch (error) { ({ ${THREW}: ${THROWN_TEXT} }) }\n//# sourceURL=${OWN_SCHEME}evaluate`;
  const asked = { expression: caught, returnByValue: true, silent: true, disableBreaks: true, ...how };
  const answer = await session.programEnd.evaluating(() => session.send('Runtime.evaluate', asked, options), options);
  if (answer === null) return null;
  const { result, exceptionDetails } = parseAnswer(evaluation, answer, 'the evaluation');
  if (exceptionDetails)
    return { value: undefined, problem: exceptionDetails.exception?.description?.split('\n', 1)[0] ?? exceptionDetails.text };
  const { value } = result;
  const isThrown = typeof value === 'object' && value !== null && THREW in value;
  return isThrown ? { value: undefined, problem: String(value[THREW]) } : { value, problem: null };
}

/** The bytes of the heap in use. Reading them costs the target nothing. */
export async function readHeapUsage(session: Session, options: CallOptions): Promise<z.output<typeof heapUsage>> {
  return parseAnswer(heapUsage, await session.send('Runtime.getHeapUsage', undefined, options), 'the heap usage');
}
