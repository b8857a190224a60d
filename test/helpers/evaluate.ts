import { connect } from '../../src/protocol/connect.js';
import { discover } from '../../src/protocol/discovery.js';

/** Evaluates `expression` in a target over a conversation of its own, awaits a promise that it yields, and gives its JSON value. */
export async function evaluateIn(port: number, expression: string): Promise<unknown> {
  const session = await connect(await discover(port));
  try {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  } finally {
    await session.close();
  }
}
