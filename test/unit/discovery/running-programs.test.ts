import { describe, expect, test } from '@jest/globals';
import type { ProcFacts } from '../../../src/discovery/proc.js';
import { OWN_PROCESS, programsAmong } from '../../../src/discovery/running-programs.js';

/** A process of pid 10 and above, whose working directory is /nowhere. */
function running(pid: number, parent: number, argv: readonly string[], facts: Partial<ProcFacts> = {}): ProcFacts {
  return {
    pid,
    parent,
    argv,
    ofProcess: pid,
    ownPid: pid,
    startTime: '0',
    state: 'S',
    sigusr1: 'handled',
    uid: 1000,
    rss: 1024,
    waits: 0,
    cwd: '/nowhere',
    executable: argv[0] === 'sh' ? '/bin/dash' : '/usr/bin/node',
    sharesNetwork: true,
    ...facts,
  };
}

/** What `npm start` of `tsx src/server.ts` looks like. */
const STARTED = [
  running(10, 1, ['npm start']),
  running(11, 10, ['sh', '-c', 'tsx src/server.ts']),
  running(12, 11, ['node', '/nowhere/node_modules/.bin/tsx', 'src/server.ts']),
  running(13, 12, ['/usr/bin/node', '--require', '/nowhere/node_modules/tsx/dist/preflight.cjs', 'src/server.ts']),
  running(14, 13, ['/usr/bin/node', '/nowhere/src/job.js', 'src/server.ts']),
];

test('the program behind npm and tsx, with its parent', () => {
  const found = programsAmong(STARTED).map(({ pid, script, launcher, parent, programs }) => [pid, script, launcher, parent, programs]);
  expect(found).toEqual([
    [10, null, 'npm', null, [13]],
    [12, '/nowhere/node_modules/.bin/tsx', 'tsx', 10, [13]],
    [13, '/nowhere/src/server.ts', null, 12, []],
    [14, '/nowhere/src/job.js', null, 13, []],
  ]);
});

test('a program that starts a script of its own is no launcher', () => {
  const [main, child] = programsAmong([running(10, 1, ['node', 'main.js', 'worker.js']), running(11, 10, ['node', 'worker.js'])]);
  expect([main!.launcher, main!.programs, child!.parent]).toEqual([null, [], 10]);
});

test('the processes of a cluster', () => {
  const found = programsAmong([
    running(10, 1, ['node', 'app.js']),
    running(11, 10, ['node', 'app.js']),
    running(12, 10, ['node', 'app.js']),
  ]);
  expect(found.map(({ launcher, parent }) => [launcher, parent])).toEqual([
    [null, null],
    [null, 10],
    [null, 10],
  ]);
});

describe('which processes', () => {
  test.each<[string, ProcFacts, boolean]>([
    ['another program', running(10, 1, ['node', 'x'], { executable: '/usr/bin/python3' }), false],
    ['a helper of ours', running(10, 1, [OWN_PROCESS, '/x.js']), false],
    ['a binary that was replaced', running(10, 1, ['x', 'x'], { executable: '/usr/bin/node (deleted)' }), true],
    ['one that we may not inspect', running(10, 1, ['node', 'x'], { executable: null, cwd: null }), true],
    ['npm that we may not inspect', running(10, 1, ['npm start'], { executable: null, cwd: null }), true],
    ['another one that we may not inspect', running(10, 1, ['bash'], { executable: null, cwd: null }), false],
    ['one that has ended', running(10, 1, [], { executable: null, cwd: null }), false],
    ['ourselves', running(process.pid, 1, ['node', 'x']), false],
  ])('%s', (_, facts, isFound) => {
    expect(programsAmong([facts])).toHaveLength(Number(isFound));
  });
});

test('Node whose executable has another name, and a program that is packed with Node', () => {
  const elsewhere = { executable: '/opt/app' };
  const all = [
    running(10, 1, ['./app', 'main.js', 'x'], elsewhere),
    running(11, 1, ['./app', 'serve', '--port', '80'], elsewhere),
    running(12, 1, ['./app', 'main.js'], elsewhere),
  ];
  const renamed = new Map([
    [10, { isPacked: false }],
    [11, { isPacked: true }],
  ]);
  expect(programsAmong(all, renamed).map(({ pid, script, title }) => [pid, script, title])).toEqual([
    [10, '/nowhere/main.js', '/nowhere/main.js x'],
    [11, null, './app serve --port 80'],
  ]);
});

test('a circle of parents, as when /proc changes while it is read', () => {
  expect(programsAmong([running(10, 11, ['node', 'a']), running(11, 10, ['node', 'b'])]).map(({ parent }) => parent)).toEqual([11, 10]);
});
