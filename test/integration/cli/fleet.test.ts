import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { runCommand } from '../../helpers/command.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

const ENDS_WITH = /\s+# ends with (\d)$/;

it('every command of the guide does what the guide says, with two real programs (long)', async () => {
  const folder = temporaryFolder();
  const guide = readFileSync(repoPath('docs/guide/fleet.md'), 'utf8');
  for (const [, code, name] of guide.matchAll(/^```js\n(\/\/ (\S+)\n[\s\S]*?)^```/gm)) writeFileSync(join(folder, name!), code!);
  const lines = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block]) => block!.trim().split('\n'));
  expect(lines.length).toBeGreaterThan(8);
  for (const line of lines) {
    const [program, ...args] = line.replace(ENDS_WITH, '').split(' ');
    expect(program).toBe('tracemalloc');
    const { code, stdout, stderr } = await runCommand(args, { cwd: folder, env: { TRACEMALLOC_SPOOL: join(folder, 'spool') } });
    const expected = Number(ENDS_WITH.exec(line)?.[1] ?? 0);
    expect({ line, code, stderr: code === expected ? '' : stderr }).toEqual({ line, code: expected, stderr: '' });
    if (args[1] === 'leaks' && args.includes('--against'))
      expect(stdout).toMatch(/^ +leaks .*shop\.mjs:7 takeOrder$[\s\S]*takeOrder grows .*\/h ± .* on 1\.1 \(1 of 1 processes\)/m);
  }
  expect(readdirSync(join(folder, 'spool')).flatMap((name) => readdirSync(join(folder, 'spool', name)))).toEqual([]);
});

function snapshotAt(minute: number, bytes: number, tracing = 'a'): Snapshot {
  const bare = Snapshot.fromTraces([
    { size: bytes, count: 2, frames: [{ filename: '/app/shop.js', lineno: 7, functionName: 'keep' }] },
    { size: 64, frames: [{ filename: '/app/shop.js', lineno: 9 }] },
  ]);
  const time = `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
  return new Snapshot({ ...bare, capture: { ...bare.capture, time, tracing, target: { ...bare.capture.target, pid: 7 } } });
}

it('pushes files, asks a store, and prints JSON of the promised shape', async () => {
  const cwd = temporaryFolder();
  const ask = (...args: readonly string[]) => runCommand(['fleet', ...args], { cwd });
  for (const [release, step] of [['1', 0] as const, ['2', 600] as const]) {
    const files = Array.from({ length: 6 }, (_, minute) => `${release}-${minute}.tmsnap`);
    for (const [minute, file] of files.entries()) snapshotAt(minute, 6000 + minute * step, release).dump(join(cwd, file));
    writeFileSync(join(cwd, 'damaged.tmsnap'), 'nonsense');
    expect(await ask('push', 'folder:store', '--service', 'shop', '--release', release, ...files, 'damaged.tmsnap')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^left out: .*damaged\.tmsnap.*\npushed 6 profiles of shop 1?2?\n$/),
    });
  }
  const json = async (...args: readonly string[]) => JSON.parse((await ask(...args, '--json')).stdout);
  const frame = { filename: '/app/shop.js', lineno: 7, column: 0, functionName: 'keep', precision: 'function' };
  const traceback = { totalFrames: null, frames: [frame] };
  expect(await json('stats', 'folder:store', '--release', '2', '--top', '1')).toEqual({
    service: 'shop',
    release: '2',
    keyType: 'lineno',
    processes: 1,
    statistics: [{ size: 9000, count: 2, standardError: 0, processes: 1, traceback }],
  });
  expect(await json('diff', 'folder:store', '--release', '2', '--against', '1', '--top', '1')).toEqual({
    service: 'shop',
    release: '2',
    against: '1',
    keyType: 'lineno',
    processes: 1,
    processesBefore: 1,
    statistics: [{ size: 9000, count: 2, standardError: 0, processes: 1, sizeDiff: 3000, countDiff: 0, traceback }],
  });
  const { growth, leaks } = await json('leaks', 'folder:store', '--release', '2', '--against', '1');
  expect(leaks).toBe(1);
  expect(growth[0]).toEqual({
    release: '2',
    verdict: 'leaks',
    slope: expect.closeTo(36_000, 6),
    standardError: expect.closeTo(0, 2),
    processes: 1,
    of: 1,
    traceback,
  });
  expect((await ask('leaks', 'folder:store', '--release', '2', '--fail-on-leak')).code).toBe(3);
  expect((await ask('leaks', 'folder:store', '--release', '1', '--fail-on-leak')).code).toBe(0);
  expect(await ask('stats', 'folder:store', '--service', 'shpo')).toMatchObject({
    code: 2,
    stderr: 'tracemalloc: there is no service "shpo"; do you mean "shop"?\n',
  });
  expect(await ask('stats', 'http')).toMatchObject({ code: 2, stderr: expect.stringContaining('is no store') });
  expect(await ask('export', 'folder:store', '--release', '2', '-o', 'all.tmsnap')).toMatchObject({ code: 0 });
  expect(Snapshot.load(join(cwd, 'all.tmsnap')).statistics('filename')[0]!.size).toBe(9064);
});
