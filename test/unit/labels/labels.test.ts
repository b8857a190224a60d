import { afterEach, describe, expect, test } from '@jest/globals';
import { setLabel, withLabel } from '../../../src/labels/labels.cjs';

const REGISTRY = Symbol.for('node-tracemalloc.labels');
const program = globalThis as { [REGISTRY]?: unknown };
afterEach(() => {
  delete program[REGISTRY];
});

describe('without a profiler', () => {
  test('withLabel gives what the work returns', async () => {
    const value = {};
    expect(withLabel('a', () => value)).toBe(value);
    const promise = Promise.resolve(1);
    expect(withLabel('a', () => promise)).toBe(promise);
  });

  test('what the work throws passes', () => {
    const error = new Error('mine');
    const fails = () =>
      withLabel('a', () => {
        throw error;
      });
    expect(fails).toThrow(error);
  });

  test('setLabel does nothing', () => expect(setLabel('a')).toBeUndefined());
});

describe.each([
  [undefined, 'undefined'],
  [null, 'null'],
  [7, 'number'],
  [{}, 'object'],
  [['a'], 'object'],
  [Symbol('a'), 'symbol'],
  [Object('a'), 'object'],
])('the label %p', (label, kind) => {
  test('is a TypeError, with a profiler and without, and the work does not begin', () => {
    const error = new TypeError(`a label must be a string, not ${kind}`);
    const work = () => {
      throw new Error('the work has begun');
    };
    expect(() => withLabel(label as string, work)).toThrow(error);
    expect(() => setLabel(label as string)).toThrow(error);
    program[REGISTRY] = { withLabel: work, setLabel: work };
    expect(() => withLabel(label as string, work)).toThrow(error);
    expect(() => setLabel(label as string)).toThrow(error);
  });
});

test('a profiler may come and go', () => {
  const seen: unknown[] = [];
  const set = (label: string, work?: () => unknown) => {
    seen.push(label);
    return work?.();
  };
  withLabel('before', () => {});
  program[REGISTRY] = { withLabel: set, setLabel: set };
  expect(withLabel('during', () => 1)).toBe(1);
  setLabel('refined');
  delete program[REGISTRY];
  setLabel('after');
  expect(seen).toEqual(['during', 'refined']);
});
