import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type NodeBinary, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { removeTemporaryFolders, runRegistered, temporaryFolder } from '../../helpers/registered.js';

const LABELS_ENTRY = repoPath('dist/src/labels/labels.cjs');
/** Bytes of the heap. It differs by less without labels, too. One object a request would be 16 times as much, at least. */
const NOTHING = 300_000;

afterAll(removeTemporaryFolders);

interface Asked {
  readonly labels: string;
  readonly routes?: string;
}

function runLabelled({ execPath }: NodeBinary, args: readonly string[], { labels, routes = '' }: Asked) {
  const env = { NODE_TRACEMALLOC_LABEL: labels, NODE_TRACEMALLOC_LABEL_ROUTES: routes, NODE_NO_WARNINGS: '1' };
  return runRegistered(execPath, args, { env, execArgv: ['--expose-gc'] });
}

describe.each(oldestAndNewest())('limits of labels, Node $major', (node) => {
  it('labels may be any text, nest, are at most 257, and leave the storage of the program alone', () => {
    const { stdout, stderr, code } = runLabelled(node, [repoPath('fixtures/programs/labels/odd-labels.cjs')], { labels: 'program' });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const { odd, million, ...seen } = JSON.parse(stdout) as { odd: unknown[]; million: Record<string, number> };
    expect(odd).toEqual(odd.map(() => true));
    expect(million).toEqual({ itself: expect.any(Number), '(other)': expect.any(Number) });
    expect(million.itself).toBeLessThanOrEqual(256);
    expect(seen).toEqual({
      isClean: true,
      long: `${'x'.repeat(199)}…`,
      pairs: `${'😀'.repeat(99)}…`,
      outer: 'outer',
      inner: 'inner',
      outerAgain: 'outer',
      finer: 'finer',
      outside: '',
      thrown: ['mine', ''],
      storage: ['entered', ['run', 'a'], [null, 'a']],
      afterStorage: [null, 'b'],
      waiting: ['finer'],
      isBounded: true,
      known: 'inner',
    });
  });

  it.each([
    [50_000, ' (matrix)'],
    [1_000_000, ' (long)'],
  ])('%d requests leave nothing behind%s', (count) => {
    const program = repoPath('fixtures/programs/labels/many-requests.cjs');
    const { stdout, stderr, code } = runLabelled(node, [program, `${count}`], { labels: 'requests' });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const { grown, alive, references } = JSON.parse(stdout) as Record<'grown' | 'alive' | 'references', number>;
    expect(references).toBeGreaterThan(count / 500);
    expect({ alive, isMore: grown > NOTHING, grown }).toEqual({ alive: 0, isMore: false, grown });
  });

  it.each([
    ['import', `import { setLabel, withLabel } from ${JSON.stringify(LABELS_ENTRY)};`],
    ['import', `import labels from ${JSON.stringify(LABELS_ENTRY)}; const { setLabel, withLabel } = labels;`],
    [
      'require',
      `import { createRequire } from 'node:module'; const { setLabel, withLabel } = createRequire('/')(${JSON.stringify(LABELS_ENTRY)});`,
    ],
  ])('a program that takes them by %s', (_how, take) => {
    const code = `${take} console.log(withLabel('a', () => { setLabel('b'); return globalThis.__ntm__().name; }));`;
    const file = join(temporaryFolder(), 'takes.mjs');
    writeFileSync(file, code);
    const { stdout, stderr } = runLabelled(node, [file], { labels: 'program' });
    expect({ stdout, stderr }).toEqual({ stdout: 'b\n', stderr: '' });
  });

  it.each([
    [{ labels: 'all' }, 'NODE_TRACEMALLOC_LABEL is requests or program, not "all"'],
    [{ labels: 'requests', routes: 'files' }, `a route is a path with an optional method, such as 'GET /files/*', not "files"`],
  ])('a wrong environment (%j) is one line, and the program runs', (asked, problem) => {
    const { stdout, stderr, code } = runLabelled(node, ['-e', 'console.log(typeof globalThis.__ntm__)'], asked);
    expect({ stdout, stderr, code }).toEqual({
      stdout: 'undefined\n',
      stderr: `node-tracemalloc: there are no labels: ${problem}\n`,
      code: 0,
    });
  });
});
