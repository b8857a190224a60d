import { expect, it } from '@jest/globals';
import { reportFacts } from '../../../../src/report/html/facts.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';

const MIB = 2 ** 20;
const frames: [string, number][] = [['/app/main.js', 1]];
const exact = Snapshot.fromTraces([{ size: 100, frames }]);
const sampled = new Snapshot({
  ...Snapshot.fromTraces([
    { size: 3000, frames, totalFrames: 40 },
    { size: 1000, frames },
  ]),
  capture: {
    ...exact.capture,
    mode: 'sampling',
    interval: 30912,
    tracing: 'a',
    heap: { heapUsed: 10 * MIB, heapTotal: 20 * MIB, external: 50 * MIB, arrayBuffers: null, rss: 90 * MIB },
  },
});

it('gives the memory of the process, and the traced part of it', () => {
  expect(reportFacts(sampled, null).coverage).toEqual({
    traced: 4000,
    heapUsed: 10 * MIB,
    external: 50 * MIB,
    arrayBuffers: null,
    rss: 90 * MIB,
    resident: [],
  });
  expect(reportFacts(sampled, null).oldCoverage).toBeNull();
  expect(reportFacts(exact, sampled).oldCoverage).toEqual(reportFacts(sampled, null).coverage);
  expect(reportFacts(exact, null).coverage).toMatchObject({ traced: 100, heapUsed: null, rss: null });
});

it('gives the settings, with the interval if it has one', () => {
  const settings = (snapshot: Snapshot) => Object.fromEntries(reportFacts(snapshot, null).captures[0]!.settings);
  expect(settings(sampled)).toMatchObject({
    mode: 'sampling',
    interval: '30.2 KiB',
    'frames kept': '1',
    traces: '2, 4000 B',
    pid: 'unknown',
  });
  expect(settings(exact)).not.toHaveProperty('interval');
});

it('notes say the limits of the figures: reach, method, error, truncation', () => {
  expect(reportFacts(sampled, null).notes).toEqual([
    expect.stringMatching(/^Most memory is outside the JavaScript heap/),
    expect.stringMatching(
      /^Sampled, one block in 30.2 KiB on average; lines are where functions start. Each row is the function that allocated/,
    ),
    expect.stringMatching(/^± is the standard error/),
    '3000 B have stacks deeper than the 1 frames that were kept: they are below “older frames not kept”.',
  ]);
  expect(reportFacts(exact, null).notes).toEqual(['Exact, every block; lines are where functions start.']);
});

it('notes of a difference say why the two cannot simply be compared', () => {
  const notes = reportFacts(sampled, exact).notes.join('\n');
  expect(notes).toMatch(/^These are two tracings, and their difference is not growth/); // first of all
  expect(reportFacts(sampled, exact).oneTracing).toBe(false);
  expect(reportFacts(sampled, sampled).notes.join('\n')).not.toMatch(/tracings?|differ in/);
  expect([reportFacts(sampled, sampled).oneTracing, reportFacts(sampled, null).oneTracing]).toEqual([true, null]);
  expect(reportFacts(sampled, sampled).captures.map(({ role }) => role)).toEqual(['after', 'before']);
});
