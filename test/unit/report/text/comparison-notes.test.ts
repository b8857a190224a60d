import { expect, test } from '@jest/globals';
import type { CaptureInfo } from '../../../../src/model/trace-columns.js';
import { comparisonNotes } from '../../../../src/report/text/comparison-notes.js';
import { comparisonOf } from '../../../../src/snapshot/comparison.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';

const BASE = Snapshot.fromTraces([{ size: 100, frames: [['/app/main.js', 1]] }]);
const SAMPLED: CaptureInfo = {
  ...BASE.capture,
  mode: 'sampling',
  interval: 30912,
  time: '2026-01-01T00:00:00.000Z',
  inlining: true,
  target: { pid: 4711, title: 'node app.js', nodeVersion: 'v24.21.0' },
  tracing: 'a',
};

function snapshot(change: Partial<CaptureInfo> = {}, tracebackLimit = 25): Snapshot {
  return new Snapshot({ ...BASE, capture: { ...SAMPLED, ...change }, tracebackLimit });
}

const notes = (old: Snapshot, now: Snapshot) => comparisonNotes({ old, now });
const one = snapshot();

test('two snapshots of one tracing need no note: their difference is growth', () => {
  expect(notes(one, snapshot({ time: '2026-01-01T00:01:00.000Z' }))).toEqual([]);
  expect(comparisonOf({ old: one, now: one })).toEqual({ oneTracing: true, settings: [], isReversed: false });
});

test('two tracings are called so first, with what to do', () => {
  expect(notes(one, snapshot({ tracing: 'b' }))).toEqual([
    'These are two tracings of process 4711, and their difference is not growth: each side has only what was allocated after its own start.',
    'To see growth, take both snapshots in one tracing: tracemalloc attach TARGET --warmup 30s --diff.',
  ]);
  expect(notes(one, snapshot({ tracing: 'b', target: { ...SAMPLED.target, pid: 4712 } }))[0]).toMatch(
    /^These are two tracings of the processes 4711 and 4712, and/,
  );
});

test.each<[string, Partial<CaptureInfo>]>([
  ['another process', { target: { ...SAMPLED.target, pid: 4712 } }],
  ['another Node', { target: { ...SAMPLED.target, nodeVersion: 'v18.20.8' } }],
  ['another mode', { mode: 'exact', interval: 1 }],
  ['another interval', { interval: 512 }],
  ['another precision', { precision: 'line' }],
  ['other inlining', { inlining: false }],
])('even without their names, two tracings are known by %s', (_, change) => {
  const { oneTracing } = comparisonOf({ old: snapshot({ tracing: undefined }), now: snapshot({ ...change, tracing: undefined }) });
  expect(oneTracing).toBe(false);
});

test('if a snapshot does not say of which tracing it is, nobody knows', () => {
  const unnamed = snapshot({ tracing: undefined });
  expect(comparisonOf({ old: one, now: unnamed }).oneTracing).toBeNull();
  expect(notes(unnamed, one)).toEqual([
    'The two are not known to be of one tracing. If they are not, each side has only what was allocated after its own start, and a change is not growth.',
  ]);
  const unknown = snapshot({ tracing: undefined, interval: null, target: { pid: null, title: '', nodeVersion: null } });
  expect(comparisonOf({ old: one, now: unknown }).oneTracing).toBeNull(); // an unknown setting does not differ
});

test('true lines and starts of functions cannot be compared', () => {
  const [, , lines] = notes(one, snapshot({ tracing: 'b', precision: 'line' }));
  expect(lines).toBe(
    'Their lines cannot be compared: the old ones are where functions start, the new ones where memory is allocated, so the same code stands in two rows. Group by filename or package.',
  );
});

test('settings that differ, with their values', () => {
  const other = snapshot({ tracing: 'b', mode: 'exact', interval: 1, target: { ...SAMPLED.target, title: 'node b\u001b.js' } }, 10);
  expect(notes(one, other)[2]).toBe(
    'They differ in program (node app.js, then node b\\u{1b}.js), mode (sampling, then exact), frames kept (25, then 10): some differences come from that.',
  );
  expect(notes(one, snapshot({ tracing: 'b', inlining: false }))[2]).toContain('inlining (on, then off)');
  expect(notes(one, snapshot({ tracing: 'b', inlining: false, precision: 'line' }))).toHaveLength(3); // true lines switch it off
  expect(notes(one, snapshot({ tracing: 'b', interval: 512 }))[2]).toContain('interval (30.2 KiB, then 512 B)');
});

test('the wrong order, and what the old snapshot lacks', () => {
  const old = snapshot({ time: '2026-01-02T00:00:00.000Z', missing: [{ thread: 'worker 1', reason: 'no answer' }] });
  expect(notes(old, one)).toEqual([
    'The old snapshot was taken after the new one: a plus is what was there only earlier.',
    'In the old snapshot: worker 1 is missing: no answer.',
  ]);
});
