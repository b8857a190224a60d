import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Snapshot } from '../../../src/index.js';
import { runCommand } from '../../helpers/command.js';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'));
  writeFileSync(join(folder, 'app.js'), 'globalThis.kept = Array.from({ length: 1e4 }, (_, i) => ({ i }));');
  for (const [i, name] of ['before', 'after', 'app'].entries()) {
    Snapshot.fromTraces([{ size: 100 * (i + 1), frames: [{ filename: '/app/server.js', lineno: 7 }] }]).dump(
      join(folder, `${name}.tmsnap`),
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The examples of `attach`, `top` and `serve` are not run, because they name a process and a port of the reader's machine. */
it.each([
  ['stats', ''],
  ['diff', ''],
  ['run', ' (long)'],
  ['report', ' (long)'],
  ['export', ' (long)'],
  ['list', ' (long)'],
])('the examples at the end of %s --help run%s', async (verb) => {
  const { stdout: help } = await runCommand([verb, '--help'], { cwd: folder });
  const lines = [...help.matchAll(/^ {2}tracemalloc (.*)$/gm)].map(([, line]) => line!);
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
    if (verb === 'run') rmSync(join(folder, 'app.tmsnap'), { force: true });
    const { code, stderr } = await runCommand(words, { cwd: folder });
    expect({ line, code, stderr: code === 0 ? '' : stderr }).toEqual({ line, code: 0, stderr: '' });
  }
});
