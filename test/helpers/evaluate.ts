import { connect } from '../../src/protocol/connect.js';
import { discover } from '../../src/protocol/discovery.js';

/** Evaluates `expression` in a target over a conversation of its own, awaits a promise that it yields, and gives its value if it is a primitive. */
export async function evaluateIn(port: number, expression: string): Promise<unknown> {
  const session = await connect(await discover(port));
  try {
    // In two steps: a promise that only the inspector holds may be collected while it is awaited.
    const evaluated = await session.send('Runtime.evaluate', { expression });
    const { objectId, subtype } = evaluated.result;
    const settled =
      objectId !== undefined && subtype === 'promise'
        ? await session.send('Runtime.awaitPromise', { promiseObjectId: objectId })
        : evaluated;
    const { exceptionDetails } = settled;
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return settled.result.value;
  } finally {
    await session.close();
  }
}

/** Evaluates in a target over one conversation, kept until `close`: a client that leaves ends the tracking of allocations for all. */
export async function openEvaluator(port: number): Promise<{ evaluate(expression: string): Promise<unknown>; close(): Promise<void> }> {
  const session = await connect(await discover(port));
  return {
    async evaluate(expression) {
      const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    close: () => session.close(),
  };
}

/**
 * An expression that runs `code` in a turn of the event loop of its own and yields 42. Code that pauses must not run inside the evaluation:
 * Node may then lose the wake-up for the next command, and spins in its pause without an answer (seen on 18, 20 and 26).
 */
export function inTurnOfItsOwn(code: string): string {
  return `new Promise((resolve) => setTimeout(() => { ${code}; resolve(42); }))`;
}
