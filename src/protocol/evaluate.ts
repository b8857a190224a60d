import type * as z from 'zod/mini';
import { evaluation, heapUsage, parseAnswer } from './schemas.js';
import type { CallOptions, Session } from './session.js';

/** The scheme of our own evaluations in a target (`//# sourceURL=`). It tells their allocations from those of the program. */
export const OWN_SCHEME = 'node-tracemalloc:';

/** For an evaluation: Node's own timers if it can get them, since the program may have replaced the global ones. */
export const TIMERS = "(process.getBuiltinModule?.('timers') ?? globalThis)";

type EvaluateOptions = Omit<CallOptions, 'needsEventLoop'>;
type Evaluation = z.output<typeof evaluation>;

/**
 * Evaluates one of our own expressions in the target and returns its value by copy. Breakpoints are off: if another debugger has asked
 * for a pause, it must not happen in our code, where Node may lose the wake-up for the next command. The command line API, which would
 * provide `require`, is off too: installing it kills Node 18 and 20 (SIGSEGV, each time) if the program has just reached its end. Any
 * other evaluation is only refused at that point.
 */
export function evaluateOwn(session: Session, expression: string, options: EvaluateOptions): Promise<Evaluation> {
  return evaluate(session, { expression }, options);
}

interface InTurn {
  readonly expression: string;
  /** If this is false in the target, nothing is waited for and the value is undefined. */
  readonly provided?: string;
}

/**
 * Evaluates in a turn of the event loop, when everything on the stack has returned. The value is undefined if the expression throws there.
 */
export function evaluateInTurn(session: Session, { expression, provided = 'true' }: InTurn, options: EvaluateOptions): Promise<Evaluation> {
  const take = `() => { try { resolve(${expression}); } catch { resolve(); } }`;
  const inTurn = `${provided} ? new Promise((resolve) => ${TIMERS}.setImmediate(${take})) : undefined`;
  return evaluate(session, { expression: inTurn, awaitPromise: true }, { ...options, needsEventLoop: true });
}

async function evaluate(
  session: Session,
  { expression, ...how }: { readonly expression: string; readonly awaitPromise?: boolean },
  options: CallOptions,
): Promise<Evaluation> {
  const sourced = `${expression}\n//# sourceURL=${OWN_SCHEME}evaluate`;
  const answer = await session.send(
    'Runtime.evaluate',
    { expression: sourced, returnByValue: true, silent: true, disableBreaks: true, ...how },
    options,
  );
  return parseAnswer(evaluation, answer, 'the evaluation');
}

/** Makes the target wait for us at its end and announce it (`NodeRuntime.waitingForDisconnect`). The last snapshot is taken then. */
export async function askToWaitAtEnd(session: Session, { enabled } = { enabled: true }): Promise<void> {
  await session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled }, { doing: 'preparing for the end of the program' });
}

/** The bytes of the heap in use. Reading them costs the target nothing. */
export async function readHeapUsage(session: Session, options: CallOptions): Promise<z.output<typeof heapUsage>> {
  return parseAnswer(heapUsage, await session.send('Runtime.getHeapUsage', undefined, options), 'the heap usage');
}
