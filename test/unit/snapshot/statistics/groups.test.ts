import { expect, it } from '@jest/globals';
import { Groups } from '../../../../src/snapshot/statistics/groups.js';
import { KEY_TYPES } from '../../../../src/snapshot/statistics/key-type.js';
import { randomSnapshot } from '../../../helpers/random-snapshot.js';

it.each(KEY_TYPES)('groups by %s keep their numbers, tracebacks and order if the tables are forgotten', (keyType) => {
  const [keeping, forgetting] = [new Groups(keyType), new Groups(keyType)];
  for (const seed of [1, 2, 3]) {
    const snapshot = randomSnapshot(seed, { from: 40 * seed, interval: 2048 });
    const [kept, forgotten] = [keeping, forgetting].map((groups) => groups.assign(snapshot, false));
    expect([...forgotten!.groups]).toEqual([...kept!.groups]);
    forgetting.forget(snapshot);
  }
  expect(forgetting.size).toBe(keeping.size);
  const numbers = Array.from({ length: keeping.size }, (_, group) => group);
  expect(numbers.map((group) => forgetting.traceback(group))).toEqual(numbers.map((group) => keeping.traceback(group)));
  expect(numbers.toSorted((a, b) => forgetting.compare(a, b))).toEqual(numbers.toSorted((a, b) => keeping.compare(a, b)));
});
