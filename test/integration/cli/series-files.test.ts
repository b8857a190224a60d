import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Series, Snapshot } from '../../../src/index.js';
import { callCommand } from '../../helpers/command.js';
import { snapshotOf } from '../../helpers/series-simulation.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

let cwd = '';
const tracemalloc = (...args: string[]) => callCommand(args);

/** Line 7 has 1000 bytes more in every round, line 9 has 50 bytes from the first round on. */
beforeAll(() => {
  cwd = enterTemporaryFolder();
  const rounds = [1, 2, 3, 4].map((round) =>
    snapshotOf([{ birth: 1, size: 50, line: 9 }, ...Array.from({ length: round }, (_, i) => ({ birth: 10 + i, size: 1000, line: 7 }))]),
  );
  Series.of(rounds).dump(join(cwd, 'a.tmseries'));
  Series.of(rounds.slice(0, 2)).dump(join(cwd, 'two.tmseries'));
  rounds[0]!.dump(join(cwd, 'one.tmsnap'));
});
afterAll(reapTargets);

async function jsonOf(...args: string[]) {
  const { code, stdout } = await tracemalloc(...args, '--json');
  const { total, statistics } = JSON.parse(stdout);
  return { code, total, lines: statistics.map((row: { traceback: { frames: { lineno: number }[] } }) => row.traceback.frames[0]!.lineno) };
}

describe('a series', () => {
  it('is its last round, or the one that is named, for stats', async () => {
    expect(await jsonOf('stats', 'a.tmseries')).toMatchObject({ code: 0, total: { size: 4050, count: 5 }, lines: [7, 9] });
    expect(await jsonOf('stats', 'a.tmseries@2')).toMatchObject({ code: 0, total: { size: 2050 } });
  });

  it('alone is compared from the round after the warm-up to the last one', async () => {
    expect(await jsonOf('diff', 'a.tmseries')).toMatchObject({ code: 0, total: { size: 4050, sizeDiff: 2000, countDiff: 2 } });
    const { stdout } = await tracemalloc('diff', 'a.tmseries');
    expect(stdout).toMatch(/^from a\.tmseries@2 to a\.tmseries@4:\n/);
    expect((await tracemalloc('diff', 'a.tmseries', '--survivors')).stdout).toMatch(
      /^allocated after a\.tmseries@2 was taken, and alive in a\.tmseries@4:\n/,
    );
  });

  it('has rounds that are compared with each other, and with a snapshot of the same tracing', async () => {
    expect((await jsonOf('diff', 'a.tmseries@1', 'a.tmseries@4')).total.sizeDiff).toBe(3000);
    expect((await jsonOf('diff', 'one.tmsnap', 'a.tmseries')).total.sizeDiff).toBe(3000);
  });

  it('is written by export, with its last round or the one that is named', async () => {
    const exported = async (...args: string[]) => (await tracemalloc('export', ...args, '--format', 'collapsed', '-o', '-')).stdout;
    expect(await exported('a.tmseries')).toMatch(/main\.js:7 4000$/m);
    expect(await exported('a.tmseries@3')).toMatch(/main\.js:7 3000$/m);
    expect(await exported('a.tmseries', '--diff', 'a.tmseries@1')).toMatch(/main\.js:7 1000 4000$/m);
  });

  it('gives its name to a report, with the round', async () => {
    expect((await tracemalloc('report', 'a.tmseries')).stderr).toBe('report written as a.html\n');
    expect((await tracemalloc('report', 'a.tmseries@2')).stderr).toBe('report written as a@2.html\n');
  });
});

describe('the report of a series', () => {
  async function groupsOf(...args: string[]) {
    const { stdout, stderr } = await tracemalloc('report', 'a.tmseries', '-o', '-', ...args);
    const data = JSON.parse(/id="report">(.*?)<\/script>/s.exec(stdout)![1]!);
    return { stderr, own: data.own, rounds: data.series?.rounds.length, sizes: data.series?.growth.line.sizes };
  }

  it('has all rounds, of the traces that pass the filters', async () => {
    expect(await groupsOf('--own')).toMatchObject({
      own: true,
      rounds: 4,
      sizes: [
        [1000, 2000, 3000, 4000],
        [50, 50, 50, 50],
      ],
    });
    expect(await groupsOf('--include', 'main.js', '--thread', 'main')).toMatchObject({ stderr: expect.stringMatching('no trace passes') });
    expect(await groupsOf('--include', '*/main.js', '--thread', 'main')).toMatchObject({
      stderr: '',
      sizes: [expect.anything(), expect.anything()],
    });
  });

  it('is that of a snapshot or a difference if a round or an older file is named', async () => {
    const { stdout } = await tracemalloc('report', 'a.tmseries@2', '-o', '-');
    expect(stdout).toContain('"series":null');
    expect((await groupsOf('--diff', 'a.tmseries@1')).rounds).toBeUndefined();
  });
});

describe('wrong usage', () => {
  it.each([
    [['stats', 'a.tmseries@5'], 2, 'a.tmseries has no round 5; it has the rounds 1 to 4'],
    [['diff', 'a.tmseries@1', 'a.tmseries@5'], 2, 'a.tmseries has no round 5'],
    [['export', 'one.tmsnap@1', '-o', 'x.csv'], 2, 'one.tmsnap is no series of rounds; leave @1 out'],
    [['diff', 'one.tmsnap'], 2, 'one.tmsnap is one snapshot; give a later one'],
    [['diff', 'a.tmseries@2'], 2, 'a.tmseries@2 is one snapshot'],
    [['diff', 'two.tmseries'], 2, 'two.tmseries has 2 of the 3 rounds that a difference needs'],
    [['report', 'a.tmseries@2', '--warmup', '2', '-o', '-'], 2, '--warmup is for the page of a whole .tmseries'],
    [['stats', 'cut.tmseries'], 1, 'cannot load the series cut.tmseries: the file is truncated'],
    [['report', 'cut.tmseries@1', '-o', 'x.html'], 1, 'cannot load the series cut.tmseries: the file is truncated'],
    [['stats', 'none.tmseries@1'], 1, 'none.tmseries@1 cannot be read: there is no such file'],
  ])('%j ends with %d: one line', async (args, code, message) => {
    writeFileSync(join(cwd, 'cut.tmseries'), readFileSync(join(cwd, 'a.tmseries')).subarray(0, 200));
    const result = await tracemalloc(...args);
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringContaining(message) });
    expect(result.stderr.trimEnd()).not.toContain('\n');
  });
});

it('a file that has the name of a round comes first', async () => {
  Snapshot.fromTraces([{ size: 77, frames: [['/app/main.js', 1]] }]).dump(join(cwd, 'a.tmseries@3'));
  expect((await jsonOf('stats', 'a.tmseries@3')).total.size).toBe(77);
});
