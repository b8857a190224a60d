import { afterEach, expect, it, jest } from '@jest/globals';
import { ChurnSampler } from '../../../../src/collect/churn/churn-sampler.js';
import { NotTracingError } from '../../../../src/errors.js';
import { Session } from '../../../../src/protocol/session.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';
import { profileOf } from '../../../helpers/profiles.js';

const NOT_STARTED = { code: -32000, message: 'Heap profiler is not started' };
const HEAP = { usedSize: 1000, totalSize: 2000 };

afterEach(() => {
  jest.useRealTimers();
});

type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** A target whose answer to the end of a window the test gives, if `answers` does not. */
async function started(answers: ConstructorParameters<typeof FakeTransport>[0], inTurn: Turn = (work) => work()) {
  let heap = HEAP;
  const transport = new FakeTransport({
    'HeapProfiler.startSampling': () => ({}),
    'HeapProfiler.disable': () => ({}),
    'Runtime.getHeapUsage': () => heap,
    'Runtime.evaluate': () => ({ result: { type: 'undefined' } }),
    ...answers,
  });
  const sampler = new ChurnSampler(new Session(transport, { label: 'app.js' }), { interval: 1, inTurn });
  const start = sampler.start({ force: false });
  transport.last().refuse(NOT_STARTED); // nobody else samples
  while (transport.last().method !== 'Runtime.getHeapUsage') await Promise.resolve();
  transport.posted.findLast(({ method }) => method === 'HeapProfiler.getSamplingProfile')!.answer({ profile: profileOf([]) });
  await start;
  const grow = (bytes: number) => {
    heap = { ...HEAP, usedSize: HEAP.usedSize + bytes };
  };
  return { transport, sampler, grow, sent: () => transport.posted.map(({ method }) => method) };
}

const now: { isLast: boolean; inTurn: Turn } = { isLast: false, inTurn: (work) => work() };
const window = profileOf([{ frame: 'make@file:///app.js:4:0', samples: [56] }]);

it('adds up the windows, and tells the growth of the live heap', async () => {
  const { sampler, grow } = await started({ 'HeapProfiler.stopSampling': () => ({ profile: window }) });
  await sampler.read(now);
  grow(500);
  const { allocations, grown, liveBytes, collections, seconds } = await sampler.read(now);
  expect([allocations.size, allocations.count]).toEqual([[112], [2]]);
  expect([grown, liveBytes, collections]).toEqual([500, 1500, null]);
  expect(seconds).toBeGreaterThan(0);
  await sampler.stop({ isLeaving: true });
});

it('a window that waits for its turn begins no other one after the stop', async () => {
  jest.useFakeTimers({ doNotFake: ['performance'] });
  let go = () => {};
  const turn = new Promise<void>((resolve) => {
    go = resolve;
  });
  const { sampler, sent } = await started({ 'HeapProfiler.stopSampling': () => ({ profile: window }) }, async (work) => {
    await turn;
    return work();
  });
  await jest.advanceTimersByTimeAsync(250);
  await sampler.stop({ isLeaving: true });
  const before = sent();
  go();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(sent()).toEqual(before);
  expect(before.at(-1)).toBe('HeapProfiler.disable');
});

it('says that another tool has ended the sampling, also at later readings', async () => {
  const { sampler, transport } = await started({});
  const reading = sampler.read(now);
  const ends = () => transport.posted.filter(({ method }) => method === 'HeapProfiler.stopSampling');
  while (ends().length === 0) await Promise.resolve();
  ends()[0]!.refuse(NOT_STARTED);
  await expect(reading).rejects.toThrow(NotTracingError);
  await expect(sampler.read(now)).rejects.toThrow(NotTracingError);
  expect(ends()).toHaveLength(1);
  await sampler.stop({ isLeaving: true });
});
