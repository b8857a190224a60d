import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { newestUnlessFull } from '../helpers/dose.js';
import { oldestAndNewest } from '../helpers/nodes.js';
import { repoPath } from '../helpers/paths.js';
import { providePackages } from '../helpers/provide.js';
import { removeTemporaryFolders, run, runRegistered, temporaryFolder } from '../helpers/registered.js';

const PROGRAM = repoPath('fixtures/programs/lines/bundle.cjs');
const modules = join(await providePackages('corpus'), 'node_modules');
afterAll(removeTemporaryFolders);

test.each(newestUnlessFull(oldestAndNewest()))(
  '5 MB of minified libraries in one file behave the same (stress), on Node $major',
  ({ execPath }) => {
    const bundle = join(temporaryFolder(), 'bundle.cjs');
    const cache = temporaryFolder();
    const plain = run(execPath, [PROGRAM, modules, bundle]);
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(bundle).size).toBeGreaterThan(5_000_000);
    expect(plain.stdout.split('\n').length).toBeGreaterThan(20);
    const env = { NODE_TRACEMALLOC_CACHE: cache, NODE_NO_WARNINGS: '1' };
    expect(runRegistered(execPath, [PROGRAM, modules, bundle], { env })).toEqual(plain);
    expect(runRegistered(execPath, [PROGRAM, modules, bundle], { env })).toEqual(plain); // now from the cache
  },
);
