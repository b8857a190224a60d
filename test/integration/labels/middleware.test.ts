import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from '@jest/globals';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { runRegistered } from '../../helpers/registered.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterEach(reapTargets);

const MODULES = join(await providePackages('frameworks'), 'node_modules');

it.each(oldestAndNewest())('a line of middleware labels the requests of each framework (matrix), Node $major', ({ execPath }) => {
  const own = join(temporaryFolder(), 'node_modules');
  mkdirSync(own);
  symlinkSync(repoPath(), join(own, 'node-tracemalloc'));
  const env = { NODE_TRACEMALLOC_LABEL: 'requests', NODE_NO_WARNINGS: '1', NODE_PATH: `${MODULES}:${own}` };
  const { stdout, stderr } = runRegistered(execPath, [repoPath('fixtures/programs/labels/middleware.cjs')], { env });
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({
    express: 'tenant acme',
    fastify: 'GET /users/:id',
    koa: 'tenant acme',
    hapi: 'GET /users/{id}',
    nest: 'tenant acme',
    ws: ['GET /chat/:id', 'GET /chat/:id'],
  });
});
