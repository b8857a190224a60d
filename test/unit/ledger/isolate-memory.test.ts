import { runInThisContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { askIsolate } from '../../../src/ledger/isolate-memory.js';
import { Session } from '../../../src/protocol/session.js';
import { FakeTransport } from '../../helpers/fake-transport.js';

interface Asked {
  readonly expression: string;
}

const usage = () => ({ usedSize: 5, totalSize: 9, backingStorageSize: 3 });

describe('the memory of a thread', () => {
  test('is what V8 says', async () => {
    const evaluate = ({ expression }: Asked) => ({ result: { type: 'object', value: runInThisContext(expression) } });
    const session = new Session(new FakeTransport({ 'Runtime.evaluate': evaluate }), { label: 'main' });
    const memory = await askIsolate(session);
    const now = process.memoryUsage();
    expect(memory.heap + memory.code).toBeGreaterThan(0.8 * now.heapTotal);
    expect(memory.heap + memory.code).toBeLessThan(1.2 * now.heapTotal);
    expect(memory.used).toBeLessThanOrEqual(memory.heap);
    expect(memory.external).toBeGreaterThan(0);
    expect(memory.rss! / now.rss).toBeCloseTo(1, 0);
  });

  test('is that of its heap alone if nothing may be evaluated', async () => {
    const transport = new FakeTransport({ 'Runtime.getHeapUsage': usage });
    const session = new Session(transport, { label: 'main' });
    session.watchesHeapLimit = true;
    expect(await askIsolate(session)).toMatchObject({ heap: 9, used: 5, arrayBuffers: 3, external: 3, rss: null });
    expect(transport.posted.map(({ method }) => method)).toEqual(['Runtime.getHeapUsage']);
  });

  test('is that of its heap alone if the program has replaced what we ask', async () => {
    const evaluate = () => ({
      result: { type: 'object' },
      exceptionDetails: { text: 'Uncaught', exception: { type: 'object', description: 'no' } },
    });
    const session = new Session(new FakeTransport({ 'Runtime.evaluate': evaluate, 'Runtime.getHeapUsage': usage }), { label: 'main' });
    expect(await askIsolate(session)).toMatchObject({ heap: 9 });
  });
});
