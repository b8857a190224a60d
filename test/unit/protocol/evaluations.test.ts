import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { MARK } from '../../../src/collect/stacks/line-tables.js';
import { evaluateOwn } from '../../../src/protocol/evaluate.js';
import { Session } from '../../../src/protocol/session.js';
import { withObject } from '../../../src/tracing/isolate/find-object.js';
import { FakeTransport } from '../../helpers/fake-transport.js';
import { repoPath } from '../../helpers/paths.js';

/**
 * Every place of the source that evaluates in a target, with the reason why what it throws is caught. V8 ends a program with
 * `--abort-on-uncaught-exception` otherwise. A place that is not in this list is a mistake.
 */
const BY_EVALUATE = 'protocol/evaluate.ts catches in the target what any expression of ours throws';
const SENDERS: Record<string, string> = {
  'protocol/evaluate.ts': 'a try statement is around the expression',
  'collect/sampling/sampler.ts': 'a try statement is part of the marker',
  'collect/objects/foreign-tracker.ts': 'literals of empty objects cannot throw',
  'tracing/watch/heap-watcher.ts': 'a try statement is part of each expression',
  'collect/churn/gc-times.ts': 'a try statement is part of each expression and function',
  'tracing/isolate/find-object.ts': 'eval compiles and runs the expression of the user inside a try statement',
};
const EVALUATORS: Record<string, string> = {
  'discovery/close-inspector.ts': BY_EVALUATE,
  'discovery/move-inspector.ts': `${BY_EVALUATE}; what runs later, in a turn of the event loop, has a try statement of its own`,
  'ledger/isolate-memory.ts': BY_EVALUATE,
  'lines/labels/install-labels.ts': `${BY_EVALUATE}; in a turn of the event loop, it has a try statement of its own`,
  'lines/live-edit/collected-functions.ts': BY_EVALUATE,
  'lines/live-edit/embedded-script.ts': BY_EVALUATE,
  'lines/table/registered-tables.ts': BY_EVALUATE,
  'protocol/engine-flags.ts': BY_EVALUATE,
  'protocol/event-loop.ts': BY_EVALUATE,
  'protocol/held-turn.ts': `${BY_EVALUATE}; what runs later, in a turn of the event loop, has a try statement of its own`,
  'tracing/cleanup/late-inspector.ts': BY_EVALUATE,
  'tracing/cleanup/main-thread-end.ts': BY_EVALUATE,
  'tracing/follow/followed-processes.ts': BY_EVALUATE,
  'tracing/isolate/free-memory.ts': BY_EVALUATE,
  'tracing/isolate/gc-limiter.ts': BY_EVALUATE,
  'tracing/isolate/read-heap-totals.ts': BY_EVALUATE,
  'tracing/watch/end-watch.ts': `${BY_EVALUATE}; what runs later, in a turn of the event loop, has a try statement of its own`,
  'tracing/workers/full-heap.ts': `${BY_EVALUATE}; what runs later, in a turn of the event loop, has a try statement of its own`,
};
/** Other commands that can run JavaScript, or compile it, in a target. */
const RUNNING = /'(Runtime\.(callFunctionOn|compileScript|runScript|awaitPromise)|Debugger\.evaluateOnCallFrame)'/;

function filesWith(pattern: RegExp): string[] {
  const src = repoPath('src');
  return readdirSync(src, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => pattern.test(readFileSync(file, 'utf8')))
    .map((file) => relative(src, file))
    .sort();
}

it('every evaluation is known', () => {
  expect(filesWith(/send\(\s*'Runtime\.evaluate'/)).toEqual(Object.keys(SENDERS).sort());
  expect(filesWith(/await evaluate(Own|InTurn)\(|=> evaluateOwn\(/)).toEqual(Object.keys(EVALUATORS).sort());
  // The first calls functions that catch what they throw, never at the end of a program; the other has words for errors.
  expect(filesWith(RUNNING)).toEqual(['collect/churn/gc-times.ts', 'protocol/commands.ts']);
});

/** The expression that `ask` sends. */
function expressionOf(ask: (session: Session) => Promise<unknown>): string {
  const transport = new FakeTransport();
  const session = new Session(transport, { label: 'app.js' });
  void ask(session).catch(() => {});
  void session.close();
  return (transport.last().params as { expression: string }).expression;
}

it.each([
  ["what the program's own function throws", 'process.memoryUsage()', { process: { memoryUsage: () => fail() } }],
  ['a name that is not there', 'process.memoryUsage()', {}],
  ['an error that has no text', 'throwing()', { throwing: () => fail({ toString: () => fail() }) }],
  ['a block', '{ const all = [absent]; all }', {}],
])('an expression of ours is caught: %s', async (_, expression, globals) => {
  const text = expressionOf((session) => evaluateOwn(session, expression, { doing: 'asking' }));
  const value: unknown = runInNewContext(text, globals);
  const session = new Session(new FakeTransport({ 'Runtime.evaluate': () => ({ result: { type: 'object', value } }) }), {
    label: 'app.js',
  });
  const evaluated = await evaluateOwn(session, expression, { doing: 'asking' });
  expect(evaluated).toEqual({
    value: undefined,
    problem: expect.stringMatching(/^(ReferenceError: \w+ is not defined|Error: no|something that has no text)$/),
  });
});

it.each([
  ['{ const all = [1, 2]; all }', [1, 2]],
  ['void 0', undefined],
  ['({ a: 1 })', { a: 1 }],
])('the value of an expression is kept: %s', async (expression, expected) => {
  expect(runInNewContext(expressionOf((session) => evaluateOwn(session, expression, { doing: 'asking' })))).toEqual(expected);
});

it('the marker catches what it throws', () => {
  expect(typeof runInNewContext(MARK)).toBe('function');
  expect(runInNewContext(MARK, { String: fail })).toBeDefined();
  expect(() => runInNewContext(`String.prototype.repeat = () => { throw 1 }; ${MARK}`)).not.toThrow();
});

it.each([
  ['app.cache', 'ReferenceError: app is not defined'],
  ['app.', 'SyntaxError: Unexpected end of input'],
  ['throw "x"', '"x"'],
  ['throw null', 'null'],
  ['throw { toString() { throw 1 } }', 'something that has no text'],
  ['Object.defineProperty(new Error("x"), "stack", { get() { throw new Error("no stack") } })', 'Error: no stack'],
])('an expression of the user is caught: %s', async (expression, thrown) => {
  const session = new Session(
    new FakeTransport({
      'Runtime.evaluate': ({ expression: text }: { expression: string }) => {
        const value: unknown = runInNewContext(text, { eval: runInNewContext('eval') });
        return { result: { type: typeof value, value } };
      },
      'Runtime.releaseObjectGroup': () => ({}),
    }),
    { label: 'app.js' },
  );
  await expect(withObject(session, expression, async () => {})).rejects.toThrow(`threw: ${thrown}`);
});

it('a promise that the expression gives counts as handled', async () => {
  const text = expressionOf((session) => withObject(session, 'Promise.reject(new Error("not yours"))', async () => {}));
  const unhandled: unknown[] = [];
  const listen = (reason: unknown) => void unhandled.push(reason);
  process.on('unhandledRejection', listen);
  runInNewContext(text);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', listen);
  expect(unhandled).toEqual([]);
});

function fail(what: unknown = new Error('no')): never {
  throw what;
}
