import { CommandError, CommandTimeoutError, UsageError } from '../errors.js';
import type { Session } from '../protocol/session.js';

/** An expression that names an object takes no time; one that never returns is ended in the target. */
const EVALUATION_MS = 5_000;
const GROUP = 'node-tracemalloc found';
/** The console's own `require` is not asked for: see `evaluateOwn`. Before Node 20.16 there is one in CommonJS programs only. */
const REQUIRE = "process.getBuiltinModule?.('module').createRequire(process.cwd() + '/') ?? process.mainModule?.require";

/** A value in the target: an expression that yields it, which may use `require`, or the id of a RemoteObject of this very session. */
export type ObjectName = string | { readonly objectId: string };

/**
 * Does `work` with an object of the target held.
 *
 * @throws UsageError where the expression throws, does not return, or yields a primitive
 */
export async function withObject<Result>(session: Session, name: ObjectName, work: (objectId: string) => Promise<Result>): Promise<Result> {
  if (typeof name !== 'string') return work(name.objectId);
  try {
    return await work(await evaluateToObject(session, name));
  } finally {
    if (session.isOpen) await session.send('Runtime.releaseObjectGroup', { objectGroup: GROUP }, { doing: 'letting the object go' });
  }
}

async function evaluateToObject(session: Session, expression: string): Promise<string> {
  const { result, exceptionDetails } = await evaluate(session, expression);
  if (exceptionDetails) {
    const { exception, text } = exceptionDetails;
    const thrown =
      exception?.description?.split('\n', 1)[0] ??
      (exception && 'value' in exception ? JSON.stringify(exception.value) : (exception?.type ?? text));
    throw new UsageError(`the expression ${shown(expression)} threw: ${thrown}`);
  }
  // A symbol has a RemoteObject and no identity in the heap that V8 would tell.
  if (result.objectId === undefined || result.type === 'symbol') {
    const what = result.type === 'undefined' || result.subtype === 'null' ? String(result.subtype ?? result.type) : `a ${result.type}`;
    throw new UsageError(`the expression ${shown(expression)} yields ${what}; only objects have an identity that can be looked up`);
  }
  return result.objectId;
}

async function evaluate(session: Session, expression: string) {
  try {
    return await session.send(
      'Runtime.evaluate',
      { expression: withRequire(expression), objectGroup: GROUP, silent: true, disableBreaks: true, timeout: EVALUATION_MS },
      { timeoutMs: 2 * EVALUATION_MS, doing: 'evaluating the expression' },
    );
  } catch (error) {
    const isEnded = error instanceof CommandError && /terminated/.test(error.message);
    if (!isEnded && !(error instanceof CommandTimeoutError)) throw error;
    throw new UsageError(`the expression ${shown(expression)} did not return within ${EVALUATION_MS / 1000} s`, { cause: error });
  }
}

/** A block: its value is that of the last statement in it. */
function withRequire(expression: string): string {
  return /\brequire\b/.test(expression) ? `{ const require = ${REQUIRE};\n${expression}\n}` : expression;
}

function shown(expression: string): string {
  return JSON.stringify(expression.length > 80 ? `${expression.slice(0, 80)}…` : expression);
}
