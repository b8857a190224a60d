import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { withOriginalLines } from '../../../src/snapshot/original-lines.js';
import { commanded } from '../../helpers/commanded.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { runAndShow, statsOf } from '../../helpers/shown-lines.js';
import { reapTargets, startTarget, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

/** Eleven lines. The function starts on line 4, and line 6 keeps memory. */
const SOURCE = `const kept = [];
const double = (n) => n * 2;

exports.remember = function remember(count) {
  for (let i = 0; i < count; i++) {
    kept.push({ ...{ i }, twice: [double(i)] });
  }
  return [kept.length];
};

// the end
`;
/** Text that has the lines of its file, of a source map, or other lines that no map explains. */
const [TRUE, OTHER] = [
  ['plain.js', 'mapped.js', 'minified.js', 'wrapped.js'],
  ['unmapped.js', 'script.js'],
] as const;
const PROGRAM = repoPath('fixtures/programs/compiled-in-memory.cjs');

let folder: string;
let args: readonly string[];

beforeAll(() => {
  folder = temporaryFolder();
  for (const name of [...TRUE, ...OTHER]) writeFileSync(join(folder, name), SOURCE);
  args = [folder, createRequire(import.meta.url).resolve('esbuild'), ...TRUE, ...OTHER];
});

/** The lines of a copy that keep more than the 4,000 objects alone, without the folder. */
function largeLines(lines: ReadonlyMap<string, { readonly size: number }>): string[] {
  const large = [...lines].filter(([place, { size }]) => place.startsWith(folder) && size > 4000 * 50);
  return large.map(([place]) => place.slice(folder.length + 1)).sort();
}

const expected = (line: number) => [...TRUE.map((name) => `${name}:${line}`), ...OTHER.map((name) => `${name} <in memory>:N`)].sort();
/** Lines of a text in memory differ with the compiler. */
const withoutOtherLines = (places: readonly string[]) => places.map((place) => place.replace(/(<in memory>):\d+$/, '$1:N'));

describe.each(oldestAndNewest())('texts that are not those of their files, on Node $major', ({ execPath }) => {
  test('run: the lines are those of the source, or the rows say that they are not (matrix)', async () => {
    const { lines, snapshot } = await runAndShow([PROGRAM, ...args], { execPath });
    expect(withoutOtherLines(largeLines(lines))).toEqual(expected(4));
    expect(largeLines(lines)).toContain('script.js <in memory>:7');
    const { lines: saved } = await statsOf(snapshot);
    expect(largeLines(saved)).toEqual(largeLines(lines));
    const { lines: raw } = await statsOf(snapshot, '--no-source-maps');
    expect(largeLines(raw)).toContain('script.js:7');
  });

  test('attach: the same, before, during and after a live edit (matrix)', async () => {
    const names = ['mapped.js', 'script.js', 'stay.js'];
    writeFileSync(join(folder, 'stay.js'), SOURCE);
    const target = await startTarget({ execPath, file: PROGRAM, args: [...args.slice(0, 2), ...names], ready: true });
    const program = commanded(target.child);
    const tracer = await attach(target.port);
    let round = 0;
    for (const lines of [false, true, false]) {
      await tracer.start({ mode: 'exact', lines });
      await program.ask(`more ${++round}`, `more ${round}`);
      const statistics = withOriginalLines(await tracer.takeSnapshot()).statistics('lineno');
      await tracer.stop();
      const places = statistics.map(({ traceback }) => String(traceback)).filter((place) => place.startsWith(folder));
      const here = places.map((place) => place.slice(folder.length + 1));
      expect(here).toEqual(
        expect.arrayContaining([
          `mapped.js:${lines ? 6 : 4}`,
          `stay.js:${lines ? 6 : 4}`,
          expect.stringMatching(/^script\.js <in memory>:/),
        ]),
      );
      expect(here.filter((place) => place.startsWith('stay.js <in memory>'))).toEqual([]);
    }
    await tracer.close();
  });
});

test.each(oldestAndNewest())('run --lines: the same (matrix), on Node $major', async ({ execPath }) => {
  const { lines } = await runAndShow([PROGRAM, ...args], { execPath, options: ['--lines'] });
  expect(withoutOtherLines(largeLines(lines))).toEqual(expected(6));
});

test('jest with its defaults compiles every file in memory (long)', async () => {
  const project = temporaryFolder();
  writeFileSync(join(project, 'package.json'), '{}');
  writeFileSync(join(project, 'app.js'), SOURCE);
  // The modules of Node are not those of the test, and live on after it.
  writeFileSync(
    join(project, 'app.test.js'),
    "const app = require('./app.js'); test('keeps', () => { app.remember(4000); require('node:fs').kept = app; });",
  );
  const { lines } = await runAndShow([repoPath('node_modules/jest/bin/jest.js'), '-i', '--rootDir', project], { cwd: project });
  expect(lines.get(join(project, 'app.js:4'))?.size).toBeGreaterThan(4000 * 50);
});
