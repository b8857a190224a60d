import { afterAll, expect, test } from '@jest/globals';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { removeTemporaryFolders, run, runRegistered, temporaryFolder } from '../../helpers/registered.js';

const PROGRAM = repoPath('fixtures/programs/lines/nested.mjs');
afterAll(removeTemporaryFolders);

test.each(nodeBinaries())(
  'files that are nested too deeply run or fail as they would without us, on Node $major (matrix)',
  ({ execPath }) => {
    const folder = temporaryFolder();
    const plain = run(execPath, [PROGRAM, folder], { env: { NODE_NO_WARNINGS: '1' } });
    const env = { NODE_NO_WARNINGS: '1', NODE_TRACEMALLOC_CACHE: temporaryFolder() };
    const registered = runRegistered(execPath, [PROGRAM, folder], { env });
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect({ ...registered, stderr: '' }).toEqual(plain);
    expect(registered.stderr).toMatch(
      /^node-tracemalloc: \d+ files have no true lines: \S+ (does not parse|nested too deeply to be (parsed|transformed))[^\n]*\n$/,
    );
    // Some run; others are nested too deeply even for V8.
    expect(plain.stdout).toContain('templates cjs no failure string 1\n');
    expect(plain.stdout).toContain('parentheses cjs RangeError: Maximum call stack size exceeded undefined');
  },
);
