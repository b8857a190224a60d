import { expect, test } from '@jest/globals';
import { firstPlace, growthRuns } from '../../helpers/growth-runs.js';
import { isLeakingPlace, subjectFile } from '../../helpers/growth-subjects.js';

// A few of the functions that `npm run bench -- leaks` repeats.
const CLEAN = ['bounded-collections', 'node-events', 'node-vm'].map((name) => subjectFile('clean', name));
const LEAKS = ['listener', 'promise-race'].map((name) => subjectFile('leaks', name));

test('an assertion holds for functions that keep nothing (long)', async () => {
  const runs = await growthRuns({ execPath: process.execPath, files: CLEAN, runs: 1, lines: 'functions' });
  expect(runs.map(({ message }) => message)).toEqual([null, null, null]);
});

test('an assertion names the line that leaks first (long)', async () => {
  const runs = await growthRuns({ execPath: process.execPath, files: LEAKS, runs: 1, lines: 'true lines' });
  expect(runs.map(({ file }) => file)).toEqual(LEAKS);
  expect(runs.filter((run) => !isLeakingPlace(run.file)(firstPlace(run)))).toEqual([]);
});
