import { randomUUID } from 'node:crypto';
import { CommandError, CommandTimeoutError, UsageError } from '../../errors.js';
import { messageOf } from '../../protocol/error-text.js';
import { THROWN_TEXT } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';

/** The longest time for an expression. An expression that never returns is ended in the target. */
const EVALUATION_MS = 5_000;
const GROUP = 'node-tracemalloc found';
/** We do not ask for the console's own `require`: see `evaluateOwn`. Before Node 20.16 only CommonJS programs have one. */
const REQUIRE = "process.getBuiltinModule?.('module').createRequire(process.cwd() + '/') ?? process.mainModule?.require";

/** Another client of the target's inspector: a CDP session of chrome-remote-interface, Playwright or Puppeteer. */
export interface ProtocolClient {
  send(method: 'HeapProfiler.getHeapObjectId', params: { readonly objectId: string }): Promise<unknown>;
}

/**
 * An object in the target. Either an expression that yields it, which may use `require`. Or a RemoteObject with the client that got it, because V8
 * takes its id only from that client. Or its id in the heap, which DevTools shows behind the `@` in a heap snapshot. V8 gives all objects new ids
 * when a client of the inspector leaves.
 */
export type ObjectName = string | { readonly objectId: string; readonly client: ProtocolClient } | { readonly heapObjectId: number };

/**
 * Does `work` while an object of the target is kept alive.
 *
 * @param work gets a function that tells the object's id in the heap; 0 if the object is younger than the last heap snapshot
 * @throws UsageError if the expression throws, does not return, or yields a primitive, or if there is no such object
 */
export async function withObject<Result>(
  session: Session,
  name: ObjectName,
  work: (idOf: () => Promise<number>) => Promise<Result>,
): Promise<Result> {
  if (typeof name !== 'string' && 'client' in name) return work(() => askClient(name));
  try {
    const objectId = typeof name === 'string' ? await evaluateToObject(session, name) : await objectOfHeap(session, name.heapObjectId);
    return await work(async () => heapId(await session.send('HeapProfiler.getHeapObjectId', { objectId })));
  } finally {
    if (session.isOpen) await session.send('Runtime.releaseObjectGroup', { objectGroup: GROUP }, { doing: 'letting the object go' });
  }
}

async function askClient({ client, objectId }: { readonly client: ProtocolClient; readonly objectId: string }): Promise<number> {
  let answer: unknown;
  try {
    answer = await client.send('HeapProfiler.getHeapObjectId', { objectId });
  } catch (error) {
    throw new UsageError(`the client that was given does not know the object ${shown(objectId)}: ${messageOf(error)}`, { cause: error });
  }
  return heapId(answer);
}

function heapId(answer: unknown): number {
  const { heapSnapshotObjectId } = (answer ?? {}) as { heapSnapshotObjectId?: unknown };
  const id = Number(heapSnapshotObjectId);
  if (!Number.isSafeInteger(id)) throw new UsageError(`this object has no identity in the heap: ${JSON.stringify(heapSnapshotObjectId)}`);
  return id;
}

/** V8 searches its heap for the object, and would find any object without an id for 0. */
async function objectOfHeap(session: Session, heapObjectId: number): Promise<string> {
  if (!Number.isSafeInteger(heapObjectId) || heapObjectId < 1)
    throw new UsageError(`an object's id in the heap is a whole number above 0, not ${heapObjectId}`);
  const unknown = `no object of the main thread has the id @${heapObjectId} now: it was collected, is no JavaScript object, or has another id since some client of the inspector left`;
  try {
    const { result } = await session.send('HeapProfiler.getObjectByHeapObjectId', { objectId: `${heapObjectId}`, objectGroup: GROUP });
    if (result.objectId !== undefined) return result.objectId;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    throw new UsageError(unknown, { cause: error });
  }
  throw new UsageError(unknown);
}

async function evaluateToObject(session: Session, expression: string): Promise<string> {
  const threw = `${randomUUID()} `;
  const result = await evaluate(session, expression, threw);
  if (result.type === 'string' && String(result.value).startsWith(threw))
    throw new UsageError(`the expression ${shown(expression)} threw: ${String(result.value).slice(threw.length)}`);
  // A symbol has a RemoteObject, but V8 tells no identity in the heap for it.
  if (result.objectId === undefined || result.type === 'symbol') {
    const what = result.type === 'undefined' || result.subtype === 'null' ? String(result.subtype ?? result.type) : `a ${result.type}`;
    throw new UsageError(`the expression ${shown(expression)} yields ${what}; only objects have an identity that can be looked up`);
  }
  return result.objectId;
}

async function evaluate(session: Session, expression: string, threw: string) {
  const asked = { expression: caught(expression, threw), objectGroup: GROUP, silent: true, disableBreaks: true, timeout: EVALUATION_MS };
  const limits = { timeoutMs: 2 * EVALUATION_MS, doing: 'evaluating the expression' };
  try {
    const answer = await session.programEnd.evaluating(() => session.send('Runtime.evaluate', asked, limits), limits);
    if (answer === null) throw new UsageError(`the expression ${shown(expression)} was not evaluated: the program has ended`);
    const { result, exceptionDetails } = answer;
    if (exceptionDetails) throw new UsageError(`the expression ${shown(expression)} threw: ${exceptionDetails.text}`);
    return result;
  } catch (error) {
    const isEnded = error instanceof CommandError && /terminated/.test(error.message);
    if (!isEnded && !(error instanceof CommandTimeoutError)) throw error;
    throw new UsageError(`the expression ${shown(expression)} did not return within ${EVALUATION_MS / 1000} s`, { cause: error });
  }
}

/**
 * Evaluates the expression by `eval`, in the global scope, so that everything that it throws is caught in the target, a SyntaxError, too. V8 would end
 * a program with `--abort-on-uncaught-exception` otherwise (18 to 26). The other two ways in which an expression could end a program:
 *
 * - A promise that is rejected with nobody to handle it. So we handle it.
 * - V8 reads the stack of an Error to show it, which may run code of the program. So we read it before, where it may throw.
 *
 * @param threw begins the value if the expression throws
 */
function caught(expression: string, threw: string): string {
  return `try {
    const value = (0, eval)(${JSON.stringify(withRequire(expression))});
    try { Promise.prototype.then.call(value, undefined, () => {}); } catch {}
    if (Object.prototype.toString.call(value) === '[object Error]') value.stack;
    value;
  } catch (error) { ${JSON.stringify(threw)} + ${THROWN_TEXT} }`;
}

/** Wraps the expression in a block. The value of a block is that of its last statement. */
function withRequire(expression: string): string {
  return /\brequire\b/.test(expression) ? `{ const require = ${REQUIRE};\n${expression}\n}` : expression;
}

function shown(expression: string): string {
  return JSON.stringify(expression.length > 80 ? `${expression.slice(0, 80)}…` : expression);
}
