import { expect, test } from '@jest/globals';
import { parseSmaps } from '../../../src/ledger/smaps.js';

const TEXT = `00400000-00800000 r-xp 00001000 fe:00 2294719                          /opt/node  v26/bin/node (deleted)
Size:               4096 kB
Rss:                3000 kB
Shared_Clean:       1000 kB
Shared_Dirty:         24 kB
Swap:                  8 kB
THPeligible:           0
VmFlags: rd ex mr mw me 
7f1400000000-7f1400021000 rw-p 00000000 00:00 0 
Rss:                  36 kB
VmFlags: rd wr mr mw me nr 
ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
Rss:                   0 kB
`;

test('parses mappings', () => {
  const [binary, memory, kernel, ...others] = parseSmaps(TEXT);
  expect(others).toEqual([]);
  expect(binary).toEqual({
    start: 0x400000,
    end: 0x800000,
    permissions: 'r-xp',
    file: 'fe:00 2294719',
    path: '/opt/node  v26/bin/node',
    rss: 3000 * 1024,
    shared: 1024 * 1024,
    swap: 8 * 1024,
    flags: new Set(['rd', 'ex', 'mr', 'mw', 'me']),
  });
  expect(memory).toMatchObject({ start: 0x7f1400000000, path: '', rss: 36 * 1024, shared: 0, swap: 0 });
  expect(memory!.flags.has('nr')).toBe(true);
  expect(kernel).toMatchObject({ path: '[vsyscall]', rss: 0, flags: new Set() });
});

test('skips what it does not know', () => {
  expect(parseSmaps('')).toEqual([]);
  expect(parseSmaps('Rss: 12 kB\nnot a mapping\n')).toEqual([]);
  expect(parseSmaps(`garbage\n${TEXT}`)).toHaveLength(3);
});
