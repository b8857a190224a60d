import { expect, test } from '@jest/globals';
import type { ResidentPart } from '../../../src/model/trace-columns.js';
import { mergeSnapshots } from '../../../src/snapshot/merge.js';
import { Snapshot } from '../../../src/snapshot/snapshot.js';
import { randomSnapshot } from '../../helpers/random-snapshot.js';

/** The resident memory of a merged snapshot of processes with these. */
function merged(...residents: (readonly ResidentPart[] | undefined)[]): readonly ResidentPart[] | undefined {
  const snapshots = residents.map((resident, index) => {
    const snapshot = randomSnapshot(1, { from: 0, interval: 512 });
    return { name: `p${index}`, snapshot: new Snapshot({ ...snapshot, capture: { ...snapshot.capture, resident } }) };
  });
  return mergeSnapshots(snapshots).capture.resident;
}

const heap = { kind: 'heap', bytes: 10, estimated: false };
const malloc = { kind: 'malloc', bytes: 3, estimated: true };

test('adds up the resident memory of processes by kind', () => {
  expect(merged([heap, malloc], [{ ...heap, estimated: true }])).toEqual([{ ...heap, bytes: 20, estimated: true }, malloc]);
});

test('does not give the resident memory of some processes for that of all', () => {
  expect(merged([heap], undefined)).toBeUndefined();
});
