import { expect, test } from '@jest/globals';
import { inlineMap } from '../../../src/source-maps/inline-map.js';

const MAP = '{"sources":["über 100%.ts"]}';
const BASE64 = Buffer.from(MAP).toString('base64');

test.each([
  ['base64', `data:application/json;base64,${BASE64}`],
  ['base64, with its character set', `data:application/json;charset=utf-8;base64,${BASE64}`],
  ['base64, with percent codes', `data:application/json;base64,${encodeURIComponent(BASE64)}`],
  ['percent codes', `data:application/json,${encodeURIComponent(MAP)}`],
  ['as it stands', `data:application/json,${MAP}`],
  ['capitals', `DATA:Application/JSON;BASE64,${BASE64}`],
  ['no type', `data:;base64,${BASE64}`],
  ['another type', `data:text/plain,${MAP}`],
])('a map in its URL: %s', (_name, url) => {
  expect(inlineMap(url)).toBe(MAP);
});

test.each(['a.js.map', 'file:///a.js.map', 'https://example.com/a.js.map', 'data:application/json', ''])('a map elsewhere: %p', (url) => {
  expect(inlineMap(url)).toBeUndefined();
});
