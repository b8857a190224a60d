import { describe, expect, test } from '@jest/globals';
import { sharedNode } from '../../../src/discovery/node-binary.js';
import { ageOf, parseStat, parseStatus, readProc } from '../../../src/discovery/proc.js';

const CLEAR = '0000000000000000';

function status({ blocked = CLEAR, ignored = '0000000001001000', caught = '0000000100004402', ids = 'Pid:\t4711' } = {}): string {
  return `Name:\tnode\nState:\tS (sleeping)\n${ids}\nSigPnd:\t${CLEAR}\nSigBlk:\t${blocked}\nSigIgn:\t${ignored}\nSigCgt:\t${caught}\n`;
}

/** The masks are from real processes: Node 18 to 26 without options, with --disable-sigusr1, and after a handler was removed. */
describe('the effect of SIGUSR1', () => {
  test.each([
    ['handled', { caught: '0000000100004602' }],
    ['blocked', { blocked: '0000000000000200' }],
    ['deadly', {}],
    ['ignored', { ignored: '0000000001001200' }],
    ['handled', { caught: '0000000100004602', blocked: '0000000000000200' }],
  ])('%s: %j', (sigusr1, masks) => {
    expect(parseStatus(status(masks))).toMatchObject({ sigusr1, ownPid: 4711 });
  });

  test('a status without masks does not allow the signal', () => {
    expect(parseStatus('Pid:\t4711\n').sigusr1).toBe('deadly');
  });
});

test.each([
  ['Pid:\t4711\nNSpid:\t4711', 4711],
  ['Pid:\t4711\nNSpid:\t4711\t12\t1', 1],
  ['Pid:\t4711', 4711], // before Linux 4.1
])('the pid in its own namespace: %j', (ids, ownPid) => {
  expect(parseStatus(status({ ids })).ownPid).toBe(ownPid);
});

test('parent, user and memory', () => {
  const ids = 'Pid:\t4711\nPPid:\t12\nUid:\t0\t1000\t0\t0\nVmRSS:\t   51200 kB';
  expect(parseStatus(status({ ids }))).toMatchObject({ parent: 12, uid: 1000, rss: 52_428_800 });
  expect(parseStatus('Pid:\t4711\nPPid:\t12\n').rss).toBeNull(); // one that has ended
});

test('the age of a process', () => {
  const { startTime } = readProc(process.pid)!;
  const hourBefore = `${Number(startTime) - 100 * 3600}`;
  const before = process.uptime();
  const ages = [ageOf({ startTime }), ageOf({ startTime: hourBefore }) - 3600];
  const after = process.uptime();
  for (const age of ages) expect(age >= before && age <= after + 1e-6).toBe(true);
});

test.each(['node', 'a) S 1 (b', 'Main Thread', ') ) )'])('state and start time of a process called %j', (name) => {
  const after = 'T 1 4711 4711 0 -1 4194304 1 0 0 0 5 1 0 0 20 0 7 0 123456789 1000000 500 18446744073709551615';
  expect(parseStat(`4711 (${name}) ${after}\n`)).toEqual({ state: 'T', startTime: '123456789' });
});

test('libnode among the mapped files', () => {
  const row = (path: string) => `7f0000000000-7f0000001000 r-xp 00000000 08:01 1234                       ${path}`;
  const maps = (...paths: string[]) => `${paths.map(row).join('\n')}\n`;
  expect(sharedNode(maps('/usr/bin/node', '/usr/lib/x86_64-linux-gnu/libnode.so.115', '[stack]'))).toBe(
    '/usr/lib/x86_64-linux-gnu/libnode.so.115',
  );
  expect(sharedNode(maps('/usr/bin/node', '/lib/libnodejs.so', '/app/libnode.so.txt'))).toBeNull();
});
