import { expect, test } from '@jest/globals';
import { Session } from '../../../../src/protocol/session.js';
import { readHeapTotals, readTargetInfo } from '../../../../src/tracing/isolate/read-heap-totals.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

function target(value: unknown, rest: object = {}) {
  const transport = new FakeTransport({
    'Runtime.evaluate': () => ({ result: { type: 'object', value }, ...rest }),
    'Runtime.getHeapUsage': () => ({ usedSize: 7, totalSize: 9 }),
  });
  return { transport, session: new Session(transport, { label: 'test' }) };
}

const HEAP_ONLY = { heapUsed: 7, heapTotal: 9, external: null, arrayBuffers: null, rss: null };

test('gives the values of process.memoryUsage(), by an evaluation that has a name and cannot pause', async () => {
  const usage = { heapUsed: 1, heapTotal: 2, external: 3, arrayBuffers: 4, rss: 5 };
  const { transport, session } = target(usage);
  await expect(readHeapTotals(session)).resolves.toEqual(usage);
  expect(transport.last().params).toMatchObject({ returnByValue: true, disableBreaks: true, silent: true });
  expect(transport.last().params).toHaveProperty('expression', expect.stringContaining('//# sourceURL=node-tracemalloc:'));
});

test.each([
  ['nothing', undefined, {}],
  ['a replaced process', { heapUsed: 'a lot', heapTotal: 2 }, {}],
  ['negative numbers', { heapUsed: -1, heapTotal: 2 }, {}],
  ['a throw', { heapUsed: 1, heapTotal: 2 }, { exceptionDetails: { text: 'Uncaught' } }],
])('%s: the heap alone', async (_, value, rest) => {
  await expect(readHeapTotals(target(value, rest).session)).resolves.toEqual(HEAP_ONLY);
});

test('while we watch for the heap limit, nothing is evaluated: the pause at the limit could be lost in it', async () => {
  const { transport, session } = target({ heapUsed: 1, heapTotal: 2 });
  session.watchesHeapLimit = true;
  await expect(readHeapTotals(session)).resolves.toEqual(HEAP_ONLY);
  expect(transport.last().method).toBe('Runtime.getHeapUsage');
});

test('a missing part is null', async () => {
  await expect(readHeapTotals(target({ heapUsed: 1, heapTotal: 2, external: Number.NaN }).session)).resolves.toEqual({
    heapUsed: 1,
    heapTotal: 2,
    external: null,
    arrayBuffers: null,
    rss: null,
  });
});

test('gives the identity of the target, if its values are valid', async () => {
  await expect(
    readTargetInfo(target({ pid: 7, title: 'app', version: 'v20.0.0', isEnding: true, isWaiting: true }).session),
  ).resolves.toEqual({
    info: { pid: 7, title: 'app', nodeVersion: 'v20.0.0' },
    isEnding: true,
    isWaiting: true,
  });
  await expect(readTargetInfo(target({ pid: 'x', title: 3 }).session)).resolves.toEqual({
    info: { pid: null, title: '', nodeVersion: null },
    isEnding: false,
    isWaiting: false,
  });
});

test('a target that refuses to answer has come to its end', async () => {
  const transport = new FakeTransport();
  const asked = readTargetInfo(new Session(transport, { label: 'test' }));
  transport.last().refuse({ code: -32000, message: 'Cannot find default execution context' });
  expect((await asked).isEnding).toBe(true);
});

test('a lost connection is not taken for a silent target', async () => {
  const transport = new FakeTransport();
  const totals = readHeapTotals(new Session(transport, { label: 'test' }));
  transport.lose('gone');
  await expect(totals).rejects.toThrow('lost the connection');
});
