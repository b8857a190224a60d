import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';
import { describeNodes } from '../helpers/describe-nodes.js';
import { repoPath } from '../helpers/paths.js';
import { type PrintedStatistic, printedStatistics } from '../helpers/printed-statistics.js';

/** These programs import the library itself, which needs Node 20. */
const hasLibrary = (major: number) => major >= 20;
async function output(execPath: string, program: string): Promise<string> {
  const { stdout } = await promisify(execFile)(execPath, [repoPath('fixtures/programs/tutorial', program)], { maxBuffer: 2 ** 24 });
  return stdout;
}

/** What V8 itself may allocate for the code of a hot line, in bytes; 13 KB were measured. */
const CODE = 20_000;

/** Expects 10,000 BigInts on a line of the program. In all versions, each takes 16 bytes and 8 for every digit of 64 bits. */
function expectList(found: readonly PrintedStatistic[], place: string, blockSize: number, blocks = 10_000): void {
  const row = found.find((one) => one.place === place);
  expect(row).toBeDefined();
  expect(Math.abs(row!.count / blocks - 1)).toBeLessThan(0.01);
  expect(row!.size).toBeGreaterThanOrEqual(blocks * blockSize * 0.99);
  expect(row!.size).toBeLessThan(blocks * blockSize + CODE);
}

/** The same in object mode. There a hot line also has the code that V8 makes of it: about 130 objects, 9 KiB. */
function expectTracked(found: readonly PrintedStatistic[], place: string, blockSize: number): void {
  const blocks = 10_000;
  const { count = 0, size = 0 } = found.find((one) => one.place === place) ?? {};
  expect([count >= blocks, count < blocks + 200]).toEqual([true, true]);
  expect([size >= blocks * blockSize * 0.999, size < blocks * blockSize + CODE]).toEqual([true, true]);
}

describeNodes("the tutorial's programs on Node $major", hasLibrary, ({ execPath }) => {
  it('1: three lists, the largest first', async () => {
    const found = printedStatistics(await output(execPath, 'ex1.mjs'), '');
    expect(found.slice(0, 2).map(({ place }) => place)).toEqual(['ex1.mjs:8', 'ex1.mjs:7']);
    expectList(found, 'ex1.mjs:6', 88);
    expectList(found, 'ex1.mjs:7', 152);
    expectList(found, 'ex1.mjs:8', 216);
  });

  it('2: methods and attributes (long)', async () => {
    const text = await output(execPath, 'ex2.mjs');
    expectList(printedStatistics(text, 'SNAPSHOT'), 'ex2.mjs:8', 216);
    expect(text).toContain(`  File "${repoPath('fixtures/programs/tutorial/ex2.mjs')}", line 8`);
    expect(text).toContain('    const l3 = Array.from({ length: 10000 }, (_, i) => BigInt(i) << 1536n);');
    expect(text).toMatch(/Traceback Limit : {2}25/);
    expect(text).toMatch(/Traced Memory \(Current, Peak\): {2}\{ current: \d+, peak: \d+ \}/);
    expect(text).toMatch(/Memory Usage by tracemalloc : {2}\{ controller: \d+, target: \d+ \}/);
    expect(text).toMatch(/Tracing Status : {2}true/);
    expect(text).toContain('known in object mode only');
  });

  it('3: clearing traces, and a snapshot after the stop (long)', async () => {
    const text = await output(execPath, 'ex3.mjs');
    expectList(printedStatistics(text, 'SNAPSHOT 1', 'SNAPSHOT 2'), 'ex3.mjs:6', 88, 100_000);
    expectList(printedStatistics(text, 'SNAPSHOT 2', 'SNAPSHOT 3'), 'ex3.mjs:15', 280);
    const third = printedStatistics(text, 'SNAPSHOT 3');
    expectList(third, 'ex3.mjs:24', 280);
    expect(third.some(({ place }) => place === 'ex3.mjs:6')).toBe(false);
    expect(text).toContain('Exception :  the tracemalloc module must be tracing memory allocations to take a snapshot');
  });

  it('4: a snapshot from a file equals the saved one (long)', async () => {
    const [before, after] = (await output(execPath, 'ex4.mjs')).split('\nLoaded Snapshot From File :\n');
    expect(before).toMatch(/ex4\.mjs:\d+: size=\d+ KiB, count=1000\d, average=\d+ B/);
    expect(after).toBe(before!);
  });

  it('5: filters by domain and by file (long)', async () => {
    const text = await output(execPath, 'ex5.mjs');
    const section = (n: number) => printedStatistics(text, `Filtered Snapshot ${n}`, `Filtered Snapshot ${n + 1}`);
    expectTracked(section(1), 'ex5-lists.mjs:4', 280);
    expect(section(2).find(({ place }) => place === 'ex5-lists.mjs:5')).toMatchObject({ size: 8000, count: 1 }); // the typed array's memory
    expect(section(3).every(({ place }) => place.startsWith('ex5-lists.mjs:'))).toBe(true);
    expectTracked(section(3), 'ex5-lists.mjs:2', 152);
    expect(printedStatistics(text, 'Filtered Snapshot 4').some(({ place }) => place.startsWith('ex5-lists.mjs:'))).toBe(false);
  });

  it.each([
    [6, ' (matrix)'],
    [7, ' (long)'],
    [8, ' (long)'],
  ])('%i: the difference of two snapshots%s', async (n) => {
    const text = await output(execPath, `ex${n}.mjs`);
    expectList(printedStatistics(text, 'SNAPSHOT - 1', 'SNAPSHOT - 2'), `ex${n}.mjs:8`, 216);
    expectList(printedStatistics(text, 'SNAPSHOT - 2', 'DIFFERENCE'), `ex${n}.mjs:16`, 344);
    const differences = printedStatistics(text, 'DIFFERENCE');
    expect(differences.slice(0, 2).map(({ place }) => place)).toEqual([`ex${n}.mjs:16`, `ex${n}.mjs:15`]);
    expect(differences[0]!.sizeDiff).toMatch(/^\+33\d\d KiB$/); // 10,000 blocks of 344 bytes
    const unchanged = differences.find(({ place }) => place === `ex${n}.mjs:7`);
    // The blocks of 152 bytes stay. V8 may free what it has compiled for the function meanwhile: ten blocks, 10 KiB.
    expect(unchanged?.sizeDiff).toMatch(/^[+-](\d{1,4} B|\d\d\.\d KiB)$/);
    if (n > 6) expect(printedStatistics(text, 'SNAPSHOT - 2', 'DIFFERENCE').some(({ place }) => place.startsWith('writable'))).toBe(false);
  });
});
