import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { callCommand } from '../../helpers/command.js';
import { enterTemporaryFolder, reapTargets, startTarget } from '../../helpers/target-process.js';

let folder = '';
beforeEach(() => {
  folder = enterTemporaryFolder();
});
afterEach(reapTargets);

const KEPT =
  "class Item {}; globalThis.kept = Array.from({ length: 5000 }, () => new Item()); setInterval(() => kept.push(new Item()), 1); console.log('ready');";

it('stats and diff --markdown print the finding first, then the rows', async () => {
  const frames = (line: number) => [['/app/a.js', line]] as [string, number][];
  const [old, now] = ['old.tmsnap', 'now.tmsnap'].map((name) => join(folder, name)) as [string, string];
  Snapshot.fromTraces([{ size: 1024, count: 1, frames: frames(7) }]).dump(old);
  Snapshot.fromTraces([
    { size: 4096, count: 2, frames: frames(7) },
    { size: 1024, count: 1, frames: frames(8) },
  ]).dump(now);
  const stats = await callCommand(['stats', now, '--markdown', '--top', '1']);
  expect(stats.code).toBe(0);
  expect(stats.stdout).toMatch(
    /^`\/app\/a\.js:7` holds 4096 B, 80 % of 5120 B\.\n\n\| size \| count \| place \|\n\| ---: \| ---: \| --- \|\n\| 4096 B \| 2 \| `\/app\/a\.js:7` \|\n\n- 1 more rows by lineno with 1024 B are left out/,
  );
  const diff = await callCommand(['diff', old, now, '--markdown']);
  expect(diff.stdout).toMatch(/^`\/app\/a\.js:7` grew most, by \+3072 B to 4096 B; all together changed by \+4096 B to 5120 B\.\n/);
  expect(diff.stdout).toContain('| grew | +1024 B | 1024 B | 1 (+1) | `/app/a.js:8` |');
  expect((await callCommand(['stats', now, '--markdown', '--json'])).code).toBe(2);
});

it('leaks, why and memory --markdown print the finding first (long)', async () => {
  const target = await startTarget({ execPath: process.execPath, code: KEPT, ready: true });
  const [pid, heap] = [`${target.port}`, join(folder, 'heap.heapsnapshot')];
  const memory = await callCommand(['memory', pid, '--markdown']);
  expect(memory.stdout).toMatch(/^`\d+` has .* resident; the largest part is \w+ with /);
  const why = await callCommand(['why', pid, 'Item', '--for', '100ms', '--markdown']);
  expect(why.stdout).toMatch(/^\d+ objects of `Item`, .* held by `global\.kept → Array → \[\]`\. `global\.kept` alone keeps them alive\./);
  const leaks = await callCommand(['leaks', pid, '--every', '100ms', '--rounds', '6', '--markdown', '--include', 'nothing']);
  expect(leaks.stdout).toBe('**No leak:** nothing grew in every one of 6 rounds.\n');
  const saved = await callCommand(['attach', pid, '--mode', 'objects', '--duration', '100ms', '--heap-snapshot', heap]);
  expect(saved.code).toBe(0);
  const stats = await callCommand(['stats', heap, '--markdown', '--top', '3']);
  expect(stats.stdout).toMatch(
    /^`.+` retains most: without its \d+ objects .* would be free\.\n\n\| retained \| size \| count \| place \|/,
  );
  const diff = await callCommand(['diff', heap, heap, '--markdown']);
  expect(diff.stdout).toMatch(/^Nothing changed: /);
});
