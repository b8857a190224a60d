import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { callSite } from '../../../src/protocol/call-site.js';
import { PendingCalls } from '../../../src/protocol/pending.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

// In-process, Node delivers an answer by an interrupt, which can come inside any call, also inside that of setTimeout.
test('an answer that comes while the time limit is being set leaves no timer behind', async () => {
  const calls = new PendingCalls('app.js');
  const original = globalThis.setTimeout;
  let answer = () => {};
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
    answer();
    return original(run, ms);
  }) as typeof setTimeout);
  const result = calls.run<string>(
    { site: callSite(test), doing: 'asking', timeoutMs: 30_000, needsEventLoop: false, holdsThread: false, showsLife: false },
    ({ resolve }) => {
      answer = () => resolve('answered');
      return undefined;
    },
  );
  answer();
  await expect(result).resolves.toBe('answered');
  expect(jest.getTimerCount()).toBe(0);
});
