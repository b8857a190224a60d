import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it, jest } from '@jest/globals';
import { checkRoundOptions, type Timetable, timetableOf } from '../../../../src/cli/options/round-options.js';
import { RoundTables } from '../../../../src/cli/tracing/round-tables.js';
import { dueByTime, type Round, takeRounds } from '../../../../src/cli/tracing/rounds.js';
import { ConnectionLostError } from '../../../../src/errors.js';
import { Snapshot } from '../../../../src/index.js';

afterEach(() => void jest.restoreAllMocks());

/** The `at`-th second of one tracing. */
function snapshotAt(at: number, size = 1000 * at): Snapshot {
  const made = Snapshot.fromTraces([{ size, frames: [['/app/a.js', 1]] }]);
  const time = new Date(Date.UTC(2026, 0, 1) + 1000 * at).toISOString();
  return new Snapshot({ ...made, capture: { ...made.capture, time, tracing: 'one' } });
}

/** The pauses before each round, as the timetable asks for them. A snapshot takes one second. */
async function pausesOf(timetable: Timetable, { interruptedAt = Number.POSITIVE_INFINITY } = {}): Promise<string[]> {
  let clock = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => clock);
  const asked: string[] = [];
  const due = dueByTime(timetable, async (ms, what) => {
    asked.push(`${ms / 1000} s to ${what}`);
    clock += ms;
    return clock < interruptedAt;
  });
  const target = {
    isTracing: () => true,
    takeSnapshot: async () => {
      clock += 1000;
      return snapshotAt(1);
    },
  };
  await takeRounds(target, { due, onRound: () => {}, console: { out: new PassThrough(), err: new PassThrough(), cwd: '/' } });
  return asked;
}

const usual = (values: object) => timetableOf({ diff: true, ...values }, { onOom: false });

it('--diff takes a first round after the warm-up and leaves the last one, 30 seconds later, to the caller', async () => {
  expect(await pausesOf(usual({}))).toEqual(['30 s to the first round', '30 s to the last round']);
  expect(await pausesOf(usual({ warmup: 60_000, duration: 5000 }))).toEqual(['60 s to the first round', '5 s to the last round']);
});

it('--every takes five rounds by default: the time counts from the end of one to the start of the next', async () => {
  expect(await pausesOf(usual({ every: 10_000 }))).toEqual([
    '10 s to the first round',
    '10 s to round 2',
    '10 s to round 3',
    '10 s to round 4',
    '7 s to the last round',
  ]);
  expect(await pausesOf(usual({ every: 10_000, warmup: 0, duration: 10_000 }))).toEqual([
    '0 s to the first round',
    '10 s to the last round',
  ]);
});

it('an interruption ends the rounds; with --on-oom nothing else does', async () => {
  const timetable = timetableOf({ diff: false, every: 10_000 }, { onOom: true });
  expect((await pausesOf(timetable, { interruptedAt: 200_000 })).length).toBe(19); // 10 s of warm-up, then 11 s a round
  expect(await pausesOf(timetable, { interruptedAt: 5000 })).toEqual(['10 s to the first round']);
});

it('--warmup alone is wrong usage', () => {
  expect(() => checkRoundOptions({ diff: false, warmup: 1 })).toThrow(/needs --diff or --every/);
  expect(() => checkRoundOptions({ diff: false, every: 1000, warmup: 1 })).not.toThrow();
});

/** Takes the results from the list. */
const targetWith = (results: (Snapshot | Error)[]) => ({
  isTracing: () => true,
  takeSnapshot: async () => {
    const result = results.shift()!;
    if (result instanceof Error) throw result;
    return result;
  },
});

it('a round that fails is reported, and the next one has its number; a lost target ends them', async () => {
  const results = [new Error('too large'), snapshotAt(1), new ConnectionLostError('gone'), snapshotAt(2)];
  const rounds: Round[] = [];
  const err = new PassThrough();
  const onRound = (round: Round) => void rounds.push(round);
  await takeRounds(targetWith(results), { due: async () => true, onRound, console: { out: err, err, cwd: '/' } });
  err.end();
  expect(rounds.map(({ number }) => number)).toEqual([1]);
  expect(await text(err)).toBe('a round failed, the next one comes: too large\n');
  expect(results.length).toBe(1);
});

it('a limit of failures in a row ends them with the error of the last', async () => {
  const results = [new Error('first'), snapshotAt(1), new Error('second'), new Error('third'), new Error('fourth'), snapshotAt(2)];
  const console = { out: new PassThrough(), err: new PassThrough(), cwd: '/' };
  const taking = takeRounds(targetWith(results), { due: async () => true, onRound: () => {}, console, mostFailures: 2 });
  await expect(taking).rejects.toThrow('fourth');
  expect(results.length).toBe(1);
});

const VALUES = {
  groupBy: 'lineno',
  cumulative: false,
  color: false,
  include: [],
  exclude: [],
  includeAny: [],
  excludeAny: [],
  thread: [],
  onlyLabel: [],
} as const;

/** What is printed for rounds at these seconds, the last of them as the last snapshot. */
async function printed(seconds: readonly number[], { json = false, printsEach = true } = {}): Promise<string> {
  const stream = new PassThrough();
  const tables = new RoundTables({ values: { ...VALUES, json }, printing: { stream, err: stream, cwd: '/app', mapper: null }, printsEach });
  for (const [i, at] of seconds.slice(0, -1).entries()) tables.add({ number: i + 1, snapshot: snapshotAt(at) });
  expect(tables.finish(snapshotAt(seconds.at(-1)!))).toBe(seconds.length > 1);
  stream.end();
  return await text(stream);
}

/** The headings, each with the change below it. */
function headings(table: string): string[] {
  return [...table.matchAll(/^(round .*):\n(?:.*\n)*?.*?([+-][\d.]+ \w+)/gm)].map(([, heading, change]) => `${heading}: ${change}`);
}

it('--every prints the change from each round to the next, then from the first to the last', async () => {
  expect(headings(await printed([1, 3, 4]))).toEqual([
    'round 2, 2.0 s after round 1: +2000 B',
    'round 3, 1.0 s after round 2: +1000 B',
    'round 3, 3.0 s after round 1: +3000 B',
  ]);
  expect(headings(await printed([1, 4]))).toEqual(['round 2, 3.0 s after round 1: +3000 B']);
});

it('--diff prints only the change from the first round to the last, or nothing if there was no first', async () => {
  expect(headings(await printed([1, 31], { printsEach: false }))).toEqual(['round 2, 30 s after round 1: +29.3 KiB']);
  expect(await printed([1])).toBe('');
});

it('an earlier round can be the last one, but not the first', async () => {
  const stream = new PassThrough();
  const tables = new RoundTables({
    values: { ...VALUES, json: false },
    printing: { stream, err: stream, cwd: '/app', mapper: null },
    printsEach: false,
  });
  expect(tables.latest).toBeNull();
  tables.add({ number: 1, snapshot: snapshotAt(1) });
  expect(tables.latest?.name).toBe('round 1');
  expect(tables.finish(tables.latest!.snapshot)).toBe(false);
  tables.add({ number: 2, snapshot: snapshotAt(2) });
  expect(tables.finish(tables.latest!.snapshot)).toBe(true);
  stream.end();
  expect(headings(await text(stream))).toEqual(['round 2, 1.0 s after round 1: +1000 B']);
});

it('with --json there is one document: from the first round to the last, with all rounds', async () => {
  const document = JSON.parse(await printed([1, 2, 4], { json: true }));
  expect(document).toMatchObject({
    oneTracing: true,
    total: { size: 4000, sizeDiff: 3000 },
    rounds: [1000, 2000, 4000].map((traced, i) => ({ traced, time: `2026-01-01T00:00:0${[1, 2, 4][i]}.000Z` })),
  });
});
