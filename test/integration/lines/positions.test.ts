import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type OriginalPosition, positionLookup } from '../../../src/lines/table/position-table.js';
import { transform } from '../../../src/lines/transform/transform.js';
import { type NodeBinary, nodeBinaries } from '../../helpers/nodes.js';
import { KNOWN } from './known-bytes.js';
import { SHAPES } from './shapes.js';

type Row = [line: number, column: number, bytes: number, name: string];

const PROFILE = resolve('fixtures/programs/lines/profile.cjs');
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lines-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The sampler's profile of the transformed program, without inlining. */
async function profile({ major, execPath }: NodeBinary, source: string, warm = 0): Promise<Row[]> {
  const file = join(folder, `${major}-${warm}-${source.length}.cjs`);
  const { code, problem } = transform(source, { sourceType: 'commonjs' });
  expect(problem).toBe(undefined);
  await writeFile(file, code);
  const { stdout } = await promisify(execFile)(execPath, ['--max-inlined-bytecode-size=0', PROFILE, file, String(warm)], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as Row[];
}

describe.each(nodeBinaries())('Node $major', (node) => {
  test('V8 reports wrappers and one-line functions at the positions of the table', async () => {
    const { positions: table } = transform(SHAPES, { sourceType: 'commonjs' });
    const found = positionLookup(table);
    const rows = await profile(node, SHAPES);
    const seen = new Set(rows.map(([line, column]) => `${line}:${column}`));
    const expected = [...positions(table.wrappers), ...positions(table.functions)];
    // The sampler never sees places that do not allocate themselves: keep(a), the rows of the derived object, the end of the chain.
    expect(expected.filter((position) => !seen.has(position)).length).toBeLessThanOrEqual(4);
    expect(expected.length).toBeGreaterThanOrEqual(60);
    for (const [line, column, , name] of rows) {
      if (found.wrapperAt(line, column) ?? found.functionAt(line, column) ?? /^(?:<|Base$|Derived$)/.test(name)) continue;
      expect([name, startOf(found.originalPosition(line, column))]).toEqual([name, expect.stringMatching(/^(?:\(|async|'use strict')/)]);
    }
  });

  test.each([
    ['cold', 0],
    ['hot', 40],
  ])('every line has the bytes it allocates, %s (matrix)', async (_name, warm) => {
    const { wrapperAt, functionAt } = positionLookup(transform(KNOWN.source, { sourceType: 'commonjs' }).positions);
    const bytes = new Map<number, number>();
    for (const [line, column, size] of await profile(node, KNOWN.source, warm)) {
      const at = wrapperAt(line, column)?.line ?? functionAt(line, column)?.line;
      if (at !== undefined) bytes.set(at, (bytes.get(at) ?? 0) + size);
    }
    const share = [...KNOWN.bytes].map(([line, known]) => [line, (bytes.get(line) ?? 0) / known]);
    expect(share).toEqual([...KNOWN.bytes.keys()].map((line) => [line, expect.closeTo(1.007, 1.6)])); // within 1.3 % of 1.007
    const elsewhere = [...bytes].filter(([line]) => !KNOWN.bytes.has(line)).reduce((sum, [, size]) => sum + size, 0);
    expect(elsewhere / [...KNOWN.bytes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(0.01);
  });
});

function positions(table: readonly number[]): string[] {
  return Array.from({ length: table.length / 4 }, (_, i) => `${table[i * 4]}:${table[i * 4 + 1]}`);
}

function startOf({ line, column }: OriginalPosition): string {
  return SHAPES.split('\n')[line - 1]!.slice(column - 1);
}
