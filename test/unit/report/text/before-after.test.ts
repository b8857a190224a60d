import { expect, test } from '@jest/globals';
import type { CaptureInfo, HeapTotals } from '../../../../src/model/trace-columns.js';
import { beforeAfter, beforeAfterJson, beforeAfterLines, betweenSnapshots } from '../../../../src/report/text/before-after.js';

const MIB = 2 ** 20;
const heap = (used: number, external: number | null, rss: number | null, arrayBuffers: number | null = null): HeapTotals => ({
  heapUsed: used * MIB,
  heapTotal: 2 * used * MIB,
  external: external === null ? null : external * MIB,
  arrayBuffers: arrayBuffers === null ? null : arrayBuffers * MIB,
  rss: rss === null ? null : rss * MIB,
});
const CAPTURE: CaptureInfo = {
  mode: 'sampling',
  interval: 30912,
  time: '2026-01-01T00:00:00.000Z',
  target: { pid: 1, title: 'app', nodeVersion: 'v24.0.0' },
  heap: heap(40, 200, 500),
  running: 3,
  start: { heap: heap(30, 100, 300), running: 1 },
  precision: 'function',
};
const lines = (change: Partial<CaptureInfo>) => beforeAfterLines(beforeAfter({ ...CAPTURE, ...change })!);

test('heap, external, rss and threads, before and after', () => {
  expect(lines({})).toEqual([
    'before → after: heap 30.0 MiB → 40.0 MiB (+10.0 MiB), external 100 MiB → 200 MiB (+100 MiB), rss 300 MiB → 500 MiB (+200 MiB), threads 1 → 3',
  ]);
  expect(beforeAfter({ ...CAPTURE, start: undefined })).toBeNull();
});

test('garbage that counts only before is not taken for shrinkage; rss is compared as it is', () => {
  expect(lines({ heap: heap(20, 90, 200) })[0]).toContain(
    'heap 30.0 MiB with garbage → 20.0 MiB, external 100 MiB with garbage → 90.0 MiB, rss 300 MiB → 200 MiB (-100 MiB)',
  );
  const [old, now] = [CAPTURE, { ...CAPTURE, heap: heap(20, 90, 200) }];
  expect(beforeAfterLines(betweenSnapshots(old, now)!)[0]).toContain(
    'heap 40.0 MiB → 20.0 MiB (-20.0 MiB), external 200 MiB → 90.0 MiB (-110 MiB)',
  );
});

test('at its end a program does not tell everything', () => {
  const start = { heap: heap(30, 100, 300, 60), running: 1 };
  expect(lines({ start, heap: heap(40, null, 500) })[0]).toContain('external 100 MiB → unknown, rss 300 MiB');
  expect(lines({ start, heap: heap(40, null, null, 90) })[0]).toContain(
    'external 100 MiB → unknown, array buffers 60.0 MiB → 90.0 MiB (+30.0 MiB), rss 300 MiB → unknown',
  );
  expect(lines({ start: { heap: null }, heap: null, running: undefined })).toEqual([]);
  expect(betweenSnapshots({ ...CAPTURE, heap: null }, CAPTURE)).toBeNull();
});

test('as JSON', () => {
  expect(beforeAfterJson(beforeAfter({ ...CAPTURE, heap: null, running: undefined })!)).toEqual({
    before: { heapUsed: 30 * MIB, external: 100 * MIB, arrayBuffers: null, rss: 300 * MIB, threads: 1 },
    after: { heapUsed: null, external: null, arrayBuffers: null, rss: null, threads: null },
  });
});
