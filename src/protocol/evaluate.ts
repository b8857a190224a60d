import type { z } from 'zod';
import { evaluation, heapUsage, parseAnswer } from './schemas.js';
import type { CallOptions, Session } from './session.js';

/** The scheme that our own evaluations in a target carry (`//# sourceURL=`), so that what they allocate can be told from the program. */
export const OWN_SCHEME = 'node-tracemalloc:';

/** In an evaluation: Node's timers, where it can have them not those that the program may have replaced by others. */
export const TIMERS = "(process.getBuiltinModule?.('timers') ?? globalThis)";

type EvaluateOptions = Omit<CallOptions, 'needsEventLoop'>;
type Evaluation = z.output<typeof evaluation>;

/**
 * Evaluates an expression of ours in the target and gives its value by copy. Without breaks: a pause that another debugger has asked for
 * must not come in our code, where Node may lose the wake-up for the next command. Without the command line API, which would yield `require`:
 * to install it kills Node 18 and 20 (SIGSEGV, each time) when the program has just come to its end; anything else is only refused there.
 */
export function evaluateOwn(session: Session, expression: string, options: EvaluateOptions): Promise<Evaluation> {
  return evaluate(session, { expression }, options);
}

interface InTurn {
  readonly expression: string;
  /** Where this gives false nothing is waited for, and the value is undefined. */
  readonly provided?: string;
}

/** The same in a turn of the event loop, when whatever was on the stack has returned; undefined where the expression throws then. */
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

/** Makes the target wait for us at its end, as it does anyway, and tell us of it (`NodeRuntime.waitingForDisconnect`): this is when its last snapshot is taken. */
export async function askToWaitAtEnd(session: Session, { enabled } = { enabled: true }): Promise<void> {
  await session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled }, { doing: 'preparing for the end of the program' });
}

/** Bytes of the heap in use. Costs the target nothing. */
export async function readHeapUsage(session: Session, options: CallOptions): Promise<z.output<typeof heapUsage>> {
  return parseAnswer(heapUsage, await session.send('Runtime.getHeapUsage', undefined, options), 'the heap usage');
}
