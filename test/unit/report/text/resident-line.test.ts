import { expect, test } from '@jest/globals';
import { residentLine } from '../../../../src/report/text/resident-line.js';

const MIB = 2 ** 20;
const RESIDENT = [
  { kind: 'heap', bytes: 100 * MIB, estimated: false },
  { kind: 'array-buffers', bytes: 250 * MIB, estimated: true },
  { kind: 'binary', bytes: 40 * MIB, estimated: false },
  { kind: 'stacks', bytes: 3 * MIB, estimated: false },
  { kind: 'mapped-files', bytes: 0, estimated: false },
  { kind: 'malloc', bytes: 7 * MIB, estimated: true },
];

test('names the large parts of the resident memory, the largest first', () => {
  expect(residentLine({ resident: RESIDENT })).toEqual([
    'resident: array-buffers 250 MiB ±, heap 100 MiB, binary 40.0 MiB, other 10.0 MiB ±',
  ]);
});

test('draws bars that are 20 columns long together', () => {
  expect(residentLine({ resident: RESIDENT }, { bars: true })).toEqual([
    `resident: array-buffers ${'▇'.repeat(13)} 250 MiB ±, heap ${'▇'.repeat(5)} 100 MiB, binary ${'▇'.repeat(2)} 40.0 MiB, other ▇ 10.0 MiB ±`,
  ]);
});

test('says nothing if nothing is known, or nothing is resident', () => {
  expect(residentLine({})).toEqual([]);
  expect(residentLine({ resident: [{ kind: 'heap', bytes: 0, estimated: true }] })).toEqual([]);
});

test('a kind from a damaged file cannot command the terminal', () => {
  expect(residentLine({ resident: [{ kind: '\u001b[2Jheap', bytes: MIB, estimated: false }] })[0]).not.toContain('\u001b');
});
