import { expect, test } from '@jest/globals';
import { inlineMap, mapUrl } from '../../../src/source-maps/inline-map.js';

test.each([
  ['the last comment counts', 'a();\n//# sourceMappingURL=first.map\n//# sourceMappingURL=a.js.map\nb();\n', 'a.js.map'],
  ['at the end of the text', '//# sourceMappingURL=data:application/json,{}', 'data:application/json,{}'],
  ['a comment that names nothing', 'a();\n//# sourceMappingURL=', undefined],
  ['no comment', 'a();\n', undefined],
])('the URL of a map: %s', (_name, script, url) => {
  expect(mapUrl(script)).toBe(url);
});

const MAP = '{"sources":["über 100%.ts"]}';

test.each([
  ['base64', `;base64,${Buffer.from(MAP).toString('base64')}`],
  ['base64, with its character set', `;charset=utf-8;base64,${Buffer.from(MAP).toString('base64')}`],
  ['percent codes', `,${encodeURIComponent(MAP)}`],
  ['as it stands', `,${MAP}`],
])('a map in its URL: %s', (_name, body) => {
  expect(inlineMap(`data:application/json${body}`)).toBe(MAP);
});

test.each(['a.js.map', 'file:///a.js.map', 'https://example.com/a.js.map', 'data:text/plain,{}', ''])('a map elsewhere: %p', (url) => {
  expect(inlineMap(url)).toBeUndefined();
});
