import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Session } from '../../../../src/protocol/session.js';
import { Poll } from '../../../../src/tracing/watch/poll.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function poll(answerMs = 0) {
  const transport = new FakeTransport();
  const ask = jest.fn(() => new Promise<number>((resolve) => setTimeout(resolve, answerMs, ask.mock.calls.length)));
  const answers: (number | undefined)[] = [];
  return { transport, ask, answers, poll: new Poll(new Session(transport, { label: 'test' }), ask, (answer) => answers.push(answer)) };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('asks again a pause after each answer, and also without an answer', async () => {
  const { ask, answers, poll: it } = poll(50);
  ask.mockRejectedValueOnce(new Error('not now'));
  it.start(100);
  await pass(99);
  expect(ask).toHaveBeenCalledTimes(0);
  await pass(1 + 100 + 150 + 49);
  expect(answers).toEqual([undefined, 2]);
  it.stop();
  await pass(1000);
  expect(ask).toHaveBeenCalledTimes(3);
  expect(jest.getTimerCount()).toBe(0);
});

test('an answer to a question from before a stop or a new start is ignored', async () => {
  const { answers, poll: it } = poll(50);
  it.start(100);
  await pass(120);
  it.start(100);
  await pass(100);
  expect(answers).toEqual([]);
  await pass(50);
  expect(answers).toEqual([2]);
  it.stop();
});

test('may be stopped while it delivers an answer', async () => {
  const { transport, ask } = poll();
  const it: Poll<number> = new Poll(new Session(transport, { label: 'test' }), ask, () => it.stop());
  it.start(100);
  await pass(1000);
  expect(ask).toHaveBeenCalledTimes(1);
});

test('ends with the session', async () => {
  const { transport, ask, poll: it } = poll();
  it.start(100);
  await pass(150);
  transport.lose('gone');
  await pass(1000);
  expect(ask).toHaveBeenCalledTimes(2);
  expect(jest.getTimerCount()).toBe(0);
});
