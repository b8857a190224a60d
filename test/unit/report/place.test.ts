import { expect, test } from '@jest/globals';
import { Frame } from '../../../src/model/frame.js';
import { Traceback } from '../../../src/model/traceback.js';
import { placeOf } from '../../../src/report/place.js';

const traceback = new Traceback([new Frame('/app/src/main.js', 3), new Frame('/other/load.js', 7, { functionName: 'load' })]);

test.each([
  ['traceback', '/other/load.js:7 load < src/main.js:3'],
  ['lineno', '/other/load.js:7 load < src/main.js:3'],
  ['filename', '/other/load.js:7 < src/main.js:3'],
] as const)('%s: the most recent frame first, as seen from here', (key, expected) => {
  expect(placeOf(traceback, key, '/app')).toBe(expected);
});

test('without a line, the folder itself, a neighbour with the same beginning', () => {
  const place = (filename: string) => placeOf(new Traceback([new Frame(filename, 0)]), 'filename', '/app');
  expect(place('<GC>')).toBe('<GC>');
  expect(place('/app')).toBe('/app');
  expect(place('/app2/x.js')).toBe('/app2/x.js');
  expect(place('/app/a\nb.js')).toBe('a\\u{a}b.js');
});
