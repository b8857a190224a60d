import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { callCommand, runCommand } from '../../helpers/command.js';
import { enterTemporaryFolder, reapTargets, startTarget } from '../../helpers/target-process.js';

let cwd = '';
beforeEach(() => {
  cwd = enterTemporaryFolder();
});
afterEach(reapTargets);

const KiB = 1024;
const snapshotOf = (...sizes: readonly number[]) =>
  Snapshot.fromTraces(sizes.map((size, i) => ({ size, frames: [[`/app/${i}.js`, 1] as const] })));

describe('saved snapshots', () => {
  beforeEach(() => {
    snapshotOf(300 * KiB, 200 * KiB).dump('old.tmsnap');
    snapshotOf(360 * KiB, 200 * KiB).dump('new.tmsnap');
    const { columns, capture, ...rest } = snapshotOf(360 * KiB, 200 * KiB);
    new Snapshot({ ...rest, columns, capture: { ...capture, mode: 'sampling', interval: 32 * KiB } }).dump('sampled.tmsnap');
  });

  test.each<[string, string[], number, RegExp]>([
    [
      'a total',
      ['stats', 'old.tmsnap', '--fail-above', '400KiB'],
      3,
      /^500 KiB traced: 100 KiB above the limit of 400 KiB \(--fail-above\)\n$/,
    ],
    ['as much as the limit', ['stats', 'old.tmsnap', '--fail-above', '500KiB'], 0, /^$/],
    ['a total after the filters', ['stats', 'old.tmsnap', '--fail-above', '400KiB', '--include', '*0.js'], 0, /^$/],
    [
      'growth',
      ['diff', 'old.tmsnap', 'new.tmsnap', '--fail-above', '50 KiB'],
      3,
      /^grew by 60\.0 KiB: 10\.0 KiB above the limit of 50\.0 KiB/,
    ],
    ['growth with --json', ['diff', 'old.tmsnap', 'new.tmsnap', '--fail-above', '50 KiB', '--json'], 3, /^grew by 60\.0 KiB: /],
    ['growth after the filters', ['diff', 'old.tmsnap', 'new.tmsnap', '--fail-above', '0', '--exclude', '*0.js'], 0, /^$/],
    ['growth that sampling may explain', ['diff', 'old.tmsnap', 'sampled.tmsnap', '--fail-above', '20KiB'], 0, /^$/],
    ['what got less', ['diff', 'new.tmsnap', 'old.tmsnap', '--fail-above', '0'], 0, /^$/],
  ])('%s', async (_, words, expected, message) => {
    const { code, stderr } = await callCommand(words);
    expect([code, stderr]).toEqual([expected, expect.stringMatching(message)]);
  });

  it('refuses what is no size', async () => {
    const { code, stderr } = await callCommand(['stats', 'old.tmsnap', '--fail-above', 'much']);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/'much' is invalid\. Write it as 24MiB/)]);
  });
});

describe('a program', () => {
  it.each([
    ['what it holds at its end', ['--exclude', 'node:*'], 0, 3],
    ['what it held at its peak', ['--peak'], 0, 3],
    ['nothing if it has an exit code of its own', [], 5, 5],
  ])('is measured by %s', async (_, options, own, expected) => {
    writeFileSync(
      join(cwd, 'app.cjs'),
      `globalThis.kept = Array.from({ length: 20000 }, (_, i) => BigInt(i + 1) << 1024n); process.exitCode = ${own};`,
    );
    const { code, stderr } = await runCommand(['run', '--fail-above', '1MiB', ...options, 'app.cjs']);
    expect([code, stderr]).toEqual([
      expected,
      expect.stringMatching(/traced: [\d.]+ [KM]iB above the limit of 1024 KiB \(--fail-above\)\n/),
    ]);
  });

  it('that runs is measured by its growth if rounds are compared (long)', async () => {
    const { port } = await startTarget({
      execPath: process.execPath,
      code: `const kept = []; setInterval(() => { for (let i = 0; i < 2000; i++) kept.push(BigInt(i + 1) << 1024n); }, 50); console.log('ready');`,
      ready: true,
    });
    const attached = ['attach', '--port', `${port}`, '--interval', '64', '--duration', '500ms'];
    const { code, stderr } = await callCommand([...attached, '--diff', '--warmup', '100ms', '--fail-above', '100k']);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/^grew by .* may be chance: .* above the limit of 100 KiB/m)]);
    expect((await callCommand([...attached, '--fail-above', '10GiB'])).code).toBe(0);
  });
});
