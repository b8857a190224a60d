import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { Session } from '../../../src/protocol/session.js';
import { PeakWatch } from '../../../src/target/peak-watch.js';
import { FakeTransport } from '../../helpers/fake-transport.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function watch(readingMs = 0) {
  const heap = { usedSize: 1000 };
  const transport = new FakeTransport({ 'Runtime.getHeapUsage': () => ({ usedSize: heap.usedSize, totalSize: 0 }) });
  const session = new Session(transport, { label: 'test' });
  const read = jest.fn(() => new Promise<unknown>((resolve) => setTimeout(resolve, readingMs)));
  return { heap, transport, session, read, peak: new PeakWatch(session, read) };
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

test('reads once it is affordable, then only above a tenth more than ever', async () => {
  const { heap, read, peak } = watch();
  peak.start();
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
  peak.start(); // anew
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(3);
  peak.stop();
  heap.usedSize = 9000;
  await pass(60_000);
  expect(read).toHaveBeenCalledTimes(3);
});

test('what readings take in proportion to the heap is learned from the last one', async () => {
  const { heap, read, peak } = watch(200);
  peak.start();
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 9000; // 9 times as much: 1.8 s, and 0.1 s at least
  await pass(185_000);
  expect(read).toHaveBeenCalledTimes(1);
  await pass(10_000);
  expect(read).toHaveBeenCalledTimes(2);
  peak.stop();
});

test('goes on after a reading that failed, and ends with the session', async () => {
  const { heap, transport, read, peak } = watch();
  read.mockRejectedValueOnce(new Error('not now'));
  peak.start();
  await pass(11_000);
  expect(read).toHaveBeenCalledTimes(1);
  heap.usedSize = 2000;
  await pass(1000);
  expect(read).toHaveBeenCalledTimes(2);
  transport.lose('gone');
  const posted = transport.posted.length;
  await pass(5000);
  expect(transport.posted).toHaveLength(posted);
  expect(jest.getTimerCount()).toBe(0);
});
