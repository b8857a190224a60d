import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from '@jest/globals';
import { decodePositions, NOBODY } from '../../../src/lines/table/codec.js';
import { positionLookup } from '../../../src/lines/table/position-table.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { removeTemporaryFolders, runRegistered, temporaryFolder } from '../../helpers/registered.js';

const ROUNDS = 1000;
const HOT = '60000';
const CACHE = temporaryFolder();
afterAll(removeTemporaryFolders);

interface Measured {
  readonly rows: readonly [url: string, line: number, column: number, bytes: number][];
  readonly registry: { readonly next: number; readonly scripts: readonly [url: string, table: string][] };
}

function measure(execPath: string, name: string, heat: string): { lines: Map<number, number>; elsewhere: number } {
  const file = repoPath('fixtures/programs/lines/preload', name);
  const program = repoPath('fixtures/programs/lines/preload/measure.cjs');
  const { stdout, stderr } = runRegistered(execPath, [program, file, heat], { env: { NODE_TRACEMALLOC_CACHE: CACHE } });
  if (!stdout.startsWith('{')) throw new Error(stderr);
  const { rows, registry } = JSON.parse(stdout) as Measured;
  const tables = new Map(registry.scripts.map(([url, table]) => [url, positionLookup(decodePositions(table))]));
  const lines = new Map<number, number>();
  let elsewhere = 0;
  for (const [url, line, column, bytes] of rows) {
    const place = tables.get(url)?.wrapperAt(line, column) ?? tables.get(url)?.functionAt(line, column);
    if (place?.line === NOBODY + 1) continue;
    if (place === undefined) elsewhere += bytes;
    else lines.set(place.line, (lines.get(place.line) ?? 0) + bytes);
  }
  return { lines, elsewhere };
}

/** Bytes by line. A comment at the end of a line says how long its array is. */
function expectedLines(name: string, rounds: number): Map<number, number> {
  const text = readFileSync(repoPath('fixtures/programs/lines/preload', name), 'utf8');
  const expected = new Map<number, number>();
  for (const [i, line] of text.split('\n').entries()) {
    const length = / \/\/ (\d+)$/.exec(line)?.[1];
    if (length !== undefined) expected.set(i + 1, rounds * (48 + 8 * Number(length)));
  }
  return expected;
}

describe.each(nodeBinaries())('on Node $major', ({ major, execPath }) => {
  const names = ['sites.mjs', 'sites.cjs', ...(major >= 22 ? ['sites.mts', 'sites.cts'] : [])];
  const cases = names.flatMap((name) => [
    [name, 'cold', '0'],
    [name, 'hot (matrix)', HOT],
  ]);

  test.each(cases)('%s, %s: each line has its bytes', (name, _, heat) => {
    const { lines, elsewhere } = measure(execPath, name, heat);
    const expected = expectedLines(name, ROUNDS);
    expect(expected.size).toBe(4);
    for (const [line, bytes] of expected) {
      const error = Math.abs((lines.get(line) ?? 0) / bytes - 1);
      expect(error < 0.02 ? 'right' : `line ${line} has ${lines.get(line)} of ${bytes}`).toBe('right');
    }
    const total = [...expected.values()].reduce((sum, bytes) => sum + bytes, 0);
    // Other lines: the growth of the list that keeps everything, and the objects and arrays around the measured ones.
    const others = [...lines].filter(([line]) => !expected.has(line)).reduce((sum, [, bytes]) => sum + bytes, 0);
    expect((others + elsewhere) / total).toBeLessThan(0.05);
  });

  test('a script that was garbage collected keeps its lines', () => {
    const { lines } = measure(execPath, 'collected.cjs', 'load');
    const [[line, bytes] = [0, 0]] = expectedLines('collected.cjs', 1);
    expect(Math.abs((lines.get(line) ?? 0) / bytes - 1)).toBeLessThan(0.02);
  });
});
