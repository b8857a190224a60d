import { expect, it } from '@jest/globals';
import { newest } from '../../../../src/cli/tracing/earlier.js';
import type { Earlier } from '../../../../src/cli/tracing/last-snapshot.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';

function earlier(name: string, time: string): Earlier {
  const bare = Snapshot.fromTraces([]);
  return { snapshot: new Snapshot({ ...bare, capture: { ...bare.capture, time } }), name, isRound: false };
}

it('the newest of several earlier snapshots is shown', () => {
  const [first, second, third] = [
    earlier('the checkpoint', '2026-01-01T00:00:00.000Z'),
    earlier('at 1 GiB', '2026-01-01T00:00:01.000Z'),
    earlier('round 3', '2026-01-01T00:00:01.000Z'),
  ];
  expect(newest([])).toBeNull();
  expect(newest([null, first!, null])).toBe(first);
  expect(newest([first!, second!, third!, null])).toBe(second);
});
