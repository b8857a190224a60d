import { describe, expect, test } from '@jest/globals';
import { withRegistration } from '../../../../src/lines/preload/registration.js';
import { decodePositions } from '../../../../src/lines/table/codec.js';
import { keyOf } from '../../../../src/lines/table/head.js';
import { positionLookup } from '../../../../src/lines/table/position-table.js';
import { transform } from '../../../../src/lines/transform/transform.js';

const STATEMENT = /;\(\(\)=>__node_tracemalloc__\(\(\)=>\{\},("(?:[^"\\]|\\.)*"),"([\w-]+)"\)\)\(\);/;

function registered(source: string, url = '/a.js') {
  const { text: code, script } = withRegistration(transform(source, { sourceType: 'commonjs' }), url);
  const [statement, name, key] = STATEMENT.exec(code)!;
  expect([JSON.parse(name!), key]).toEqual([url, keyOf(script[1])]);
  expect(script[0]).toBe(url);
  return { code, without: code.replace(statement, '^'), table: positionLookup(decodePositions(script[1])) };
}

describe('the statement that registers a script', () => {
  test.each([
    ['f({});', '^f({});'],
    ["'use strict'\nf({});", "'use strict'^\n;f({});"],
    ["'use strict'; 'x'; f({});", "'use strict'; 'x';^ f({});"],
    ['#!/bin/node\n\nf({});', '#!/bin/node\n\n^f({});'],
    ['/* a\n*/ --> b\n f({});', '/* a\n*/ --> b\n ^f({});'],
    ['\uFEFFf({});', '\uFEFF^f({});'],
  ])('stands behind the directives, else before the first statement: %j', (source, expected) => {
    expect(registered(source).without.replaceAll('(() => f({}))()', 'f({})')).toBe(expected);
  });

  test('leaves all positions readable', () => {
    const source = "'use strict'; f({\n  a: [] }); g([1]); // é";
    const { code, table } = registered(source);
    code.split('\n').forEach((text, line) => {
      for (let column = text.indexOf('(() => '); column !== -1; column = text.indexOf('(() => ', column + 1)) {
        const place = table.wrapperAt(line, column + 1);
        expect(place?.line).toBe(line + 1);
        const next = table.originalPosition(line, column + '(() => '.length);
        expect(source.split('\n')[line]!.slice(next.column - 1, next.column + 1)).toBe(text.slice(column + 7, column + 9));
      }
    });
  });

  test('adds no line, whatever the name', () => {
    const name = '/a "b"\\\n\u2028c.js';
    const { code } = registered('f({});', name);
    expect(code).not.toMatch(/[\n\u2028]/);
  });
});
