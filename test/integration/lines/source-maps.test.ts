import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { launch, type Snapshot } from '../../../src/index.js';
import { withOriginalLines } from '../../../src/snapshot/original-lines.js';
import { repoPath } from '../../helpers/paths.js';

const SOURCE = repoPath('fixtures/programs/lines/typed.ts');
/** The line of typed.ts that makes BigInts. */
const LINE = 14;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracemalloc-maps-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function compiledAndTraced(...options: string[]): Promise<Snapshot> {
  const compiler = repoPath('node_modules/typescript/bin/tsc');
  const args = [SOURCE, '--ignoreConfig', '--outDir', folder, '--target', 'es2022', '--module', 'esnext', '--types', '', ...options];
  await promisify(execFile)(process.execPath, [compiler, ...args]);
  const tracer = await launch(join(folder, 'typed.js'), { lines: true, stdio: 'ignore' });
  await tracer.start({ mode: 'exact' });
  const { snapshot, error } = await tracer.exited;
  if (!snapshot) throw error;
  return snapshot;
}

/** Blocks of the program's lines, by place. */
function blocks(snapshot: Snapshot): Map<string, number> {
  return new Map(snapshot.statistics('lineno').map((statistic) => [String(statistic.traceback), statistic.count]));
}

describe('lines of the sources that a program was compiled from', () => {
  it.each([
    ['a map beside the file (long)', '--sourceMap'],
    ['a map in the file', '--inlineSourceMap'],
  ])('%s', async (_, option) => {
    const snapshot = await compiledAndTraced(option);
    const shown = blocks(withOriginalLines(snapshot));
    expect(shown.get(`${SOURCE}:${LINE}`)).toBeGreaterThanOrEqual(4000);
    expect(shown.get(`${SOURCE}:${LINE}`)).toBeLessThan(4080);
    // The snapshot itself keeps the positions of V8.
    expect([...blocks(snapshot).keys()].filter((place) => place.startsWith(SOURCE))).toEqual([]);
  });

  it('without a valid map they are the lines of the code that runs (long)', async () => {
    const snapshot = await compiledAndTraced();
    const ours = (shown: Snapshot) => [...blocks(shown)].filter(([place]) => place.startsWith(folder));
    expect(ours(withOriginalLines(snapshot))).toEqual(ours(snapshot));
    writeFileSync(join(folder, 'typed.js.map'), '{ "version": 3, "mappings": 7');
    expect(ours(withOriginalLines(snapshot))).toEqual(ours(snapshot));
  });
});
