import { expect, it } from '@jest/globals';
import { dueAt, pauseUntilNextLook } from '../../../src/tracing/watch/heap-watch-rule.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const AT_BEGIN = { highest: 0, limit: 0, heap: 16 * MIB, collectingMs: 0, elapsedMs: 0 };
const COSTLY = { ...AT_BEGIN, collectingMs: 1500, elapsedMs: 2000 };

it('a collection is due after a little growth', () => {
  expect(dueAt(AT_BEGIN)).toBe(64 * KIB);
  expect(dueAt({ ...AT_BEGIN, highest: 100 * MIB })).toBe(102 * MIB);
});

it('when collections have taken long, it is due after more growth', () => {
  expect(dueAt(COSTLY)).toBe(MIB);
  expect(dueAt({ ...COSTLY, highest: 100 * MIB })).toBeCloseTo(110 * MIB);
});

it('they become affordable again with time', () => {
  expect(dueAt({ ...COSTLY, elapsedMs: 6000 })).toBe(64 * KIB);
});

it('below the limit none is due', () => {
  expect(dueAt({ ...AT_BEGIN, highest: MIB, limit: 24 * MIB })).toBe(24 * MIB);
  expect(dueAt({ ...AT_BEGIN, highest: 30 * MIB, limit: 24 * MIB })).toBe(30.6 * MIB);
});

it('looks come as often as the program can use up what is missing', () => {
  expect(pauseUntilNextLook({ missing: 0, idleLooks: 0 })).toBe(0.1);
  expect(pauseUntilNextLook({ missing: 500_000, idleLooks: 0 })).toBe(0.5);
  expect(pauseUntilNextLook({ missing: 24 * MIB, idleLooks: 0 })).toBe(1);
});

it('looks come less often while nothing is allocated', () => {
  expect(pauseUntilNextLook({ missing: 0, idleLooks: 2 })).toBe(0.4);
  expect(pauseUntilNextLook({ missing: 0, idleLooks: 1000 })).toBe(4);
});
