import { expect, it } from '@jest/globals';
import { Frame } from '../../../src/model/frame.js';
import { Traceback } from '../../../src/model/traceback.js';
import type { KeyType } from '../../../src/snapshot/statistics/key-type.js';
import { matchPlaces } from '../../../src/store/match-places.js';

/** `file:line function` */
function places(...texts: readonly string[]) {
  return texts.map((text) => {
    const [, filename, lineno, functionName] = /^(.+):(\d+) ?(.*)$/.exec(text)!;
    return { name: text, traceback: new Traceback([new Frame(filename!, Number(lineno), { functionName: functionName! })]) };
  });
}

function matched(keyType: KeyType, now: readonly string[], old: readonly string[]): (string | undefined)[][] {
  return matchPlaces(keyType, places(...now), places(...old)).map((pair) => pair.map((one) => one?.name));
}

it('pairs the same file and line', () => {
  expect(matched('lineno', ['a.js:1', 'a.js:3'], ['a.js:3', 'a.js:2'])).toEqual([
    ['a.js:1', undefined],
    ['a.js:3', 'a.js:3'],
    [undefined, 'a.js:2'],
  ]);
});

it('pairs the lines of a function in their order if it moved, even onto lines that others had', () => {
  expect(matched('lineno', ['a.js:12 f', 'a.js:11 f', 'a.js:20 g'], ['a.js:10 f', 'a.js:11 f', 'a.js:19 g'])).toEqual([
    ['a.js:11 f', 'a.js:10 f'],
    ['a.js:12 f', 'a.js:11 f'],
    ['a.js:20 g', 'a.js:19 g'],
  ]);
});

it('pairs only equal lines of a function that has more or fewer than before', () => {
  expect(matched('lineno', ['a.js:10 f', 'a.js:14 f'], ['a.js:10 f'])).toEqual([
    ['a.js:10 f', 'a.js:10 f'],
    ['a.js:14 f', undefined],
  ]);
});

it('does not take a line of a nameless function, of another file, or of a key without lines for one that moved', () => {
  expect(matched('lineno', ['a.js:5', 'b.js:7 f'], ['a.js:6', 'c.js:7 f'])).toHaveLength(4);
  expect(matched('filename', ['a.js:1 f'], ['a.js:2 f'])).toHaveLength(2);
});

it('pairs whole stacks whose functions are the same', () => {
  const stack = (...lines: readonly number[]) => ({
    traceback: new Traceback(lines.map((line, depth) => new Frame('a.js', line, { functionName: `f${depth}` }))),
  });
  const [now, old] = [stack(4, 9), stack(3, 8)];
  expect(matchPlaces('traceback', [now], [old])).toEqual([[now, old]]);
  expect(matchPlaces('traceback', [now], [stack(3, 8, 9)])).toHaveLength(2);
});
