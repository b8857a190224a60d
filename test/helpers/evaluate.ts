import { connect } from '../../src/discovery/connect.js';
import { discover } from '../../src/discovery/discovery.js';
import type { Session } from '../../src/protocol/session.js';

/** Evaluates `expression` in a target over a session of its own, awaits a promise, and returns the value if it is a primitive. */
export async function evaluateIn(port: number, expression: string): Promise<unknown> {
  const session = await connect(await discover(port));
  try {
    return await evaluated(session, expression);
  } finally {
    await session.close();
  }
}

async function evaluated(session: Session, expression: string): Promise<unknown> {
  // In two steps, because a promise that only the inspector holds may be collected while it is awaited.
  const first = await session.send('Runtime.evaluate', { expression });
  const { objectId, subtype } = first.result;
  const isPromise = objectId !== undefined && subtype === 'promise';
  const { result, exceptionDetails } = isPromise ? await session.send('Runtime.awaitPromise', { promiseObjectId: objectId }) : first;
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** Evaluates in a target over one session, which stays open until `close`: a client that leaves ends allocation tracking for all. */
export async function openEvaluator(port: number): Promise<{ evaluate(expression: string): Promise<unknown>; close(): Promise<void> }> {
  const session = await connect(await discover(port));
  return {
    evaluate: (expression) => evaluated(session, expression),
    close: () => session.close(),
  };
}

/**
 * An expression that runs `code` in its own turn of the event loop and returns 42. Code that pauses must not run inside the evaluation.
 * Node may then lose the wake-up for the next command, and spin in its pause without an answer (seen on 18, 20 and 26).
 */
export function inTurnOfItsOwn(code: string): string {
  return `new Promise((resolve) => setTimeout(() => { ${code}; resolve(42); }))`;
}
