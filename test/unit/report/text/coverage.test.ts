import { expect, test } from '@jest/globals';
import type { CaptureInfo } from '../../../../src/model/trace-columns.js';
import { coverageLines } from '../../../../src/report/text/coverage.js';

const MIB = 2 ** 20;
const CAPTURE: CaptureInfo = {
  mode: 'sampling',
  interval: 30912,
  time: '2026-01-01T00:00:00.000Z',
  target: { pid: 1, title: 'app', nodeVersion: 'v24.0.0' },
  heap: { heapUsed: 100 * MIB, heapTotal: 200 * MIB, external: 50 * MIB, arrayBuffers: 40 * MIB, rss: 300 * MIB },
  precision: 'function',
  folding: false,
};

test('gives the traced bytes and the memory of the process, then how they were obtained', () => {
  expect(coverageLines(CAPTURE, 90 * MIB)).toEqual([
    'traced 90.0 MiB, heap used 100 MiB, external 50.0 MiB, array buffers 40.0 MiB, rss 300 MiB',
    'sampled, one block in 30.2 KiB on average; lines are where functions start.',
  ]);
});

test('says that lines tell nothing of minified code', () => {
  expect(coverageLines({ ...CAPTURE, inlining: false }, 1, { ofPackedLines: true })[1]).toBe(
    'sampled, one block in 30.2 KiB on average; lines are where functions start, but minified code is all on one line: there only columns tell functions apart, as with --group-by function.',
  );
});

const INLINED =
  'Each row is the function that allocated; what V8 inlined into it counts for it: trace with --no-inline or --lines to tell them apart.';

test.each<[string, Partial<CaptureInfo>, boolean]>([
  ['V8 inlined', { inlining: true }, true],
  ['exact, V8 inlined', { mode: 'exact', interval: 1, inlining: true }, true],
  ['an older file, or one of another tool', { interval: null }, true],
  ['an older file in exact mode', { mode: 'exact', interval: 1 }, true],
  ['--no-inline', { inlining: false }, false],
  ['true lines in an older file', { precision: 'line' }, false],
  ['objects in an older file', { mode: 'objects', interval: null }, false],
  ['traces made by hand', { mode: 'exact', interval: null }, false],
])('the second line over functions says what inlined callees do: %s', (_, change, isSaid) => {
  const capture = { ...CAPTURE, ...change };
  expect(coverageLines(capture, 0, { ofFunctions: true })[1]!.includes(INLINED)).toBe(isSaid);
  expect(coverageLines(capture, 0)[1]).not.toContain(INLINED);
});

const FOLDED = 'Optimized code may make several blocks at once, which count as one: --no-inline, --lines or --mode exact count each.';

test.each<[string, Partial<CaptureInfo>, boolean]>([
  ['folding is on', { folding: true }, true],
  ['an older file', { folding: undefined }, true],
  ['every block is sampled', { interval: 1, folding: true }, true],
  ['exact, on a Node that did not let us switch it off', { mode: 'exact', interval: 1, folding: true }, true],
  ['folding is off', { folding: false }, false],
  ['an older file in exact mode', { mode: 'exact', interval: 1, folding: undefined }, false],
  ['objects', { mode: 'objects', interval: null }, false],
  ['a file of another tool', { interval: null, folding: undefined }, false],
])('the second line says if one allocation may be of several blocks: %s', (_, change, isSaid) => {
  expect(coverageLines({ ...CAPTURE, ...change }, 0)[1]!.endsWith(FOLDED)).toBe(isSaid);
});

test('says first that most memory is outside the heap', () => {
  const heap = { ...CAPTURE.heap!, external: 400 * MIB };
  expect(coverageLines({ ...CAPTURE, heap }, 0)[0]).toBe(
    'Most memory is outside the JavaScript heap, where these traces do not reach: external 400 MiB against 100 MiB in the heap.',
  );
});

test('warns of an interval at which counts cannot be recovered', () => {
  expect(coverageLines({ ...CAPTURE, interval: 1024 }, 0)).toContain(
    'Counts and averages are rough at this interval, sizes are not: the default interval tells block sizes apart.',
  );
});

test.each<[Partial<CaptureInfo>, string[]]>([
  [{ heap: null, interval: null }, ['traced 0 B', 'sampled, interval unknown; lines are where functions start.']],
  [
    { heap: { heapUsed: 1, heapTotal: 2, external: null, arrayBuffers: null, rss: null }, mode: 'exact', interval: 1 },
    ['traced 0 B, heap used 1 B', 'exact, every block; lines are where functions start.'],
  ],
  [{ heap: null, mode: 'objects', precision: 'line' }, ['traced 0 B', 'every object; lines are where memory is allocated.']],
])('%j', (change, expected) => {
  expect(coverageLines({ ...CAPTURE, ...change }, 0)).toEqual(expected);
});

test.each<[string, Partial<CaptureInfo>, string]>([
  [
    'those that are missing for the same reason share a line',
    { missing: [1, 2, 3, 4].map((id) => ({ thread: `worker ${id}`, reason: 'it ended' })) },
    'worker 1, worker 2, worker 3 and 1 more are missing: it ended.',
  ],
  [
    'those that were faster than we were',
    { late: [5, 6].map((id) => ({ thread: `worker ${id}`, bytes: id * MIB })) },
    'worker 5 and worker 6 started meanwhile and held 11.0 MiB before their tracing began, which is not shown; `run` traces workers from their first line.',
  ],
  ['those that have ended', { ended: 1 }, 'One worker has ended and is not shown; --keep-ended keeps what ended workers held.'],
  ['several that have ended', { ended: 12 }, '12 workers have ended and are not shown; --keep-ended keeps what ended workers held.'],
])('threads: %s', (_, change, line) => {
  expect(coverageLines({ ...CAPTURE, ...change }, 0).slice(2)).toEqual([line]);
});
