import { availableParallelism } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { Session } from '../../../../src/protocol/session.js';
import { GcLimiter } from '../../../../src/tracing/isolate/gc-limiter.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

/** Work that a test ends. `begun` has the names of the work that has begun. */
function works(gcLimiter: GcLimiter) {
  const begun: string[] = [];
  const ends = new Map<string, { resolve(): void; reject(error: Error): void }>();
  const begin = (name: string) =>
    gcLimiter.run(() => {
      begun.push(name);
      return new Promise<string>((resolve, reject) => ends.set(name, { resolve: () => resolve(name), reject }));
    });
  return {
    begun,
    begin,
    end: (name: string) => ends.get(name)!.resolve(),
    fail: (name: string) => ends.get(name)!.reject(new Error(name)),
  };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the limit of collections at once', () => {
  it('allows one for two cores at a time, and the others in their order', async () => {
    const { begun, begin, end } = works(new GcLimiter(4));
    const all = ['a', 'b', 'c', 'd'].map(begin);
    await turn();
    expect(begun).toEqual(['a', 'b']);
    end('b');
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    for (const name of ['a', 'c']) end(name);
    await turn();
    end('d');
    expect(await Promise.all(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('failed work makes room, too, and a free place stays free', async () => {
    const { begun, begin, end, fail } = works(new GcLimiter(1));
    const failing = begin('a').catch(String);
    const waiting = begin('b');
    fail('a');
    expect(await failing).toBe('Error: a');
    end('b');
    await waiting;
    const last = begin('c');
    await turn();
    expect(begun).toEqual(['a', 'b', 'c']);
    end('c');
    await last;
  });

  it.each([
    ['the value of the target', { result: { type: 'number', value: 7 } }, 7],
    ['our own if the target gives none', { result: { type: 'undefined' } }, availableParallelism()],
    ['our own if the target gives an invalid one', { result: { type: 'number', value: -3 } }, availableParallelism()],
  ])('the cores: %s', async (_, answer, cores) => {
    const expected = Math.max(1, Math.floor(cores / 2));
    const session = new Session(new FakeTransport({ 'Runtime.evaluate': () => answer }), { label: 'it' });
    const { begun, begin } = works(await GcLimiter.of(session));
    for (let i = 0; i <= expected; i++) void begin(`${i}`);
    await turn();
    expect(begun).toHaveLength(expected);
  });
});
