import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Session } from '../../../../src/protocol/session.js';
import { ASKED, PeakWatch, UNASKED } from '../../../../src/tracing/watch/peak-watch.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function watch(readingMs = 0) {
  const heap = { usedSize: 1000 };
  const alive = async (ms: number) => {
    const { usedSize } = heap; // the value at the time of the question
    await new Promise((resolve) => setTimeout(resolve, ms));
    return usedSize;
  };
  const transport = new FakeTransport({});
  const session = new Session(transport, { label: 'test' });
  const read = jest.fn(() => alive(readingMs));
  const heapUsed = jest.fn(async () => heap.usedSize);
  return { heap, heapUsed, transport, session, read, peak: new PeakWatch(session, read) };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('reads as soon as it can afford it, then only if the heap is a tenth larger than ever', async () => {
  const { heap, heapUsed, read, peak } = watch();
  peak.start(UNASKED, heapUsed);
  await pass(9900); // a reading takes 0.1 s, and readings may take a hundredth of the time
  expect(read).toHaveBeenCalledTimes(0);
  await pass(1200);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 1100;
  await pass(30_000);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 1101;
  await pass(1000);
  expect(read).toHaveBeenCalledTimes(2);
  heap.usedSize = 500;
  await pass(30_000);
  expect(read).toHaveBeenCalledTimes(2);
  peak.start(UNASKED, heapUsed); // starts again
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(3);
  peak.stop();
  heap.usedSize = 9000;
  await pass(60_000);
  expect(read).toHaveBeenCalledTimes(3);
});

test('learns from the last reading how much longer readings take than estimated', async () => {
  const { heap, heapUsed, read, peak } = watch(200);
  peak.start(UNASKED, heapUsed);
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 1e9; // estimated at 0.8 s, and doubled like the first one, which took 0.1 s more than allowed
  await pass(165_000);
  expect(read).toHaveBeenCalledTimes(1);
  await pass(10_000);
  expect(read).toHaveBeenCalledTimes(2);
  peak.stop();
});

test('goes on after a reading that failed, and ends with the session', async () => {
  const { heap, heapUsed, transport, read, peak } = watch();
  read.mockRejectedValueOnce(new Error('not now'));
  peak.start(UNASKED, heapUsed);
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 2000;
  await pass(1000);
  expect(read).toHaveBeenCalledTimes(2);
  transport.lose('gone');
  const asked = heapUsed.mock.calls.length;
  await pass(5000);
  expect(heapUsed).toHaveBeenCalledTimes(asked + 1); // by the timer that was set before
  expect(jest.getTimerCount()).toBe(0);
});

test('on request it reads at once, then for up to a tenth of the time, and garbage hides no peak', async () => {
  const { heap, heapUsed, read, peak } = watch(400);
  peak.start(ASKED, heapUsed);
  await pass(1000); // the time saved in a second is enough for two readings
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 1200;
  await pass(1000);
  expect(read).toHaveBeenCalledTimes(2);
  heap.usedSize = 0.9e9; // estimated at 0.73 s, times four
  read.mockImplementationOnce(() => {
    heap.usedSize = 1300; // most of it was garbage
    return Promise.resolve(1300);
  });
  await pass(25_000);
  expect(read).toHaveBeenCalledTimes(2);
  await pass(5000);
  expect(read).toHaveBeenCalledTimes(3);
  await pass(30_000);
  expect(read).toHaveBeenCalledTimes(3);
  heap.usedSize = 1500;
  await pass(1000);
  expect(read).toHaveBeenCalledTimes(4);
  peak.stop();
});

test('memory that grows during a reading is read, too', async () => {
  const { heap, heapUsed, read, peak } = watch(300);
  peak.start(ASKED, heapUsed);
  await pass(200);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 5000;
  await pass(500);
  expect(read).toHaveBeenCalledTimes(2);
  await pass(30_000);
  expect(read).toHaveBeenCalledTimes(2);
  peak.stop();
});
