import { describe, expect, test } from '@jest/globals';
import { parseControlGroups } from '../../../src/discovery/cgroup.js';
import { parseLimits, shortageIn, type Usage } from '../../../src/discovery/room-for-inspector.js';

const MEBIBYTE = 1024 * 1024;
const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max data size             unlimited            unlimited            bytes     
Max stack size            8388608              unlimited            bytes     
Max processes             50                   50                   processes 
Max open files            256                  4096                 files     
Max address space         734003200            734003200            bytes     
Max nice priority         0                    0                    
`;

const ENOUGH: Usage = {
  pid: 4711,
  limits: parseLimits(LIMITS),
  descriptors: 256 - 32,
  addressBytes: 734003200 - 72 * MEBIBYTE,
  dataBytes: 100 * MEBIBYTE,
  threadsOfUser: 46,
  groups: [{ folder: '/sys/fs/cgroup/pids/a', threads: 96, limit: 100 }],
};
const WHY = 'left, and Node ends a program that has too few for its inspector;';

test('a process with enough of everything', () => {
  expect(shortageIn(ENOUGH)).toBeNull();
});

test.each<[Partial<Usage>, string]>([
  [{ descriptors: 253 }, `it has 3 of its 256 file descriptors ${WHY} raise the limit (prlimit --pid 4711 --nofile=512:) and attach again`],
  [
    { addressBytes: 734003200 - 71 * MEBIBYTE },
    `it has 71.0 MiB of its 700 MiB of address space ${WHY} raise the limit (as root: prlimit --pid 4711 --as=1468006400) and attach again`,
  ],
  [
    { threadsOfUser: 51 },
    `it has 0 of the 50 threads of its user ${WHY} raise the limit (as root: prlimit --pid 4711 --nproc=100) and attach again`,
  ],
  [
    { groups: [{ folder: '/sys/fs/cgroup/pids/a', threads: 97, limit: 100 }] },
    `it has 3 of the 100 threads of its control group ${WHY} raise /sys/fs/cgroup/pids/a/pids.max and attach again`,
  ],
])('too little of one thing: %j', (few, shortage) => {
  expect(shortageIn({ ...ENOUGH, ...few })).toBe(shortage);
});

test('what is unknown, or exempt, is no shortage', () => {
  expect(shortageIn({ ...ENOUGH, descriptors: null, threadsOfUser: null, groups: [] })).toBeNull();
});

describe('the control groups of a process', () => {
  test.each([
    [
      '8:pids:/app\n4:cpu,cpuacct:/x\n0::/\n',
      [
        { path: '/app', isShared: false },
        { path: '/', isShared: true },
      ],
    ],
    ['0::/system.slice/app.service\n', [{ path: '/system.slice/app.service', isShared: true }]],
    ['3:devices,pids:/a:b\n', [{ path: '/a:b', isShared: false }]],
    ['1:name=systemd:/init\n', []],
  ])('%j', (text, groups) => {
    expect(parseControlGroups(text, 'pids')).toEqual(groups);
  });
});
