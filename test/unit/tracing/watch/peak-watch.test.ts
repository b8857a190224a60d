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
    const { usedSize } = heap; // of the moment at which it is asked
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

test('reads once it is affordable, then only above a tenth more than ever', async () => {
  const { heap, heapUsed, read, peak } = watch();
  peak.start(UNASKED, heapUsed);
  await pass(9900); // a reading takes a tenth of a second, and may take a hundredth of the time
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
  peak.start(UNASKED, heapUsed); // anew
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(3);
  peak.stop();
  heap.usedSize = 9000;
  await pass(60_000);
  expect(read).toHaveBeenCalledTimes(3);
});

test('how much longer readings take than reckoned is learned from the last one', async () => {
  const { heap, heapUsed, read, peak } = watch(200);
  peak.start(UNASKED, heapUsed);
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 1e9; // reckoned at 0.8 s, and twice that as the first one; which took 0.1 s more than it might
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
  expect(heapUsed).toHaveBeenCalledTimes(asked + 1); // the timer that was set
  expect(jest.getTimerCount()).toBe(0);
});

test('asked for, it reads at once, then in a tenth of the time, and garbage hides no peak', async () => {
  const { heap, heapUsed, read, peak } = watch(400);
  peak.start(ASKED, heapUsed);
  await pass(1000); // the credit of a second lasts for two readings
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 1200;
  await pass(1000);
  expect(read).toHaveBeenCalledTimes(2);
  heap.usedSize = 0.9e9; // reckoned at 0.73 s, and four times that
  read.mockImplementationOnce(() => {
    heap.usedSize = 1300; // most was garbage
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

test('what a program comes to while a reading of it is on its way is read, too', async () => {
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
