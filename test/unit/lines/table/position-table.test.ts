import { expect, test } from '@jest/globals';
import { withRegistration } from '../../../../src/lines/preload/registration.js';
import { decodePositions } from '../../../../src/lines/table/codec.js';
import { positionLookup } from '../../../../src/lines/table/position-table.js';
import { transform } from '../../../../src/lines/transform/transform.js';

test.each([
  ['a', "'use strict';\nconst a = [1, 2], b = { c: [3] };\r\nexports.d = () => [a, b, [4]];\n"],
  ['lines of all kinds', 'f([1]);\u2028f([2]); f(`\n`, [3], `\r`);\rf([4],\n[5]);'],
  ['nothing to change', 'exports.a = 1;\n'],
])('what was inserted can be taken out again: %s', (_name, source) => {
  const transformed = transform(source, { sourceType: 'commonjs' });
  const plain = positionLookup(transformed.positions);
  expect(plain.originalText(transformed.code)).toBe(source);
  const { text, script } = withRegistration(transformed, '/app.js');
  const registered = positionLookup(decodePositions(script[1]));
  expect(registered.originalText(text)).toBe(source);
  expect(text.length - registered.inserted).toBe(source.length);
});
