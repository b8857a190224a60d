import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { programsNamed } from '../../../src/discovery/find-program.js';
import type { NodeProcess } from '../../../src/discovery/inspectable.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

const folder = temporaryFolder();
mkdirSync(join(folder, 'dist'));
writeFileSync(join(folder, 'dist/main.js'), '');
writeFileSync(join(folder, 'package.json'), '{"main":"dist/main.js"}');
symlinkSync(join(folder, 'dist'), join(folder, 'current'));
afterAll(reapTargets);

function process(pid: number, script: string | null, more: Partial<NodeProcess> = {}): NodeProcess {
  return {
    pid,
    script,
    args: [],
    title: script ?? '',
    launcher: null,
    parent: null,
    programs: [],
    rss: null,
    uptime: null,
    nodeVersion: null,
    endpoint: null,
    workers: null,
    ...more,
  };
}

const ALL = [
  process(1, null, { title: 'npm exec tsx src/server.ts', launcher: 'npm', args: [] }),
  process(2, '/srv/node_modules/.bin/tsx', { args: ['src/server.ts'], launcher: 'tsx' }),
  process(3, '/srv/src/server.ts'),
  process(4, '/old/src/server.ts'),
  process(5, '/srv/node_modules/.bin/ts-node', { args: ['-T', 'src/job.ts'] }),
  process(6, null, { title: 'next-server (v15.0)' }),
  process(7, '/srv/other.js', { args: ['src/server.ts', '/x/src/job.ts'] }),
  process(8, join(folder, 'dist/main.js')),
  process(9, '/srv/observer.ts'),
];

test.each([
  ['src/server.ts', '/srv', [3]], // the one below the current folder
  ['./src/server.ts', '/srv', [3]],
  ['../srv/src/server.ts', '/tmp', [3]],
  ['/old/src/server.ts', '/srv', [4]],
  ['src/server.ts', '/tmp', [3, 4]],
  ['server.ts', '/tmp', [3, 4]],
  ['src/job.ts', '/srv', [5]], // ts-node runs it in its own process
  ['next-server', '/srv', [6]],
  ['next-server (v15.0)', '/srv', [6]],
  ['other.js', '/tmp', [7]],
  ['.', folder, [8]],
  ['dist/main', folder, [8]],
  ['current/main.js', folder, [8]],
  ['main.js', '/srv', [8]],
  ['erver.ts', '/srv', []],
  ['npm', '/srv', []],
  ['tsx', '/srv', []],
])('%s in %s', (name, cwd, pids) => {
  expect(programsNamed(name, ALL, cwd).map(({ pid }) => pid)).toEqual(pids);
});
