import { describe, expect, test } from '@jest/globals';
import { withCarrier } from '../../../../src/lines/preload/carrier.js';
import { decodeSites } from '../../../../src/lines/site-codec.js';
import { sites } from '../../../../src/lines/sites.js';
import { transform } from '../../../../src/lines/transform.js';

const CARRIER = /;\(\(\)=>__node_tracemalloc__\(\(\)=>\{\},("(?:[^"\\]|\\.)*"),"([\w-]+)"\)\)\(\);/;

function carried(source: string, url = '/a.js') {
  const code = withCarrier(transform(source, { sourceType: 'commonjs' }), url);
  const [statement, name, table] = CARRIER.exec(code)!;
  return { code, without: code.replace(statement, '^'), name: JSON.parse(name!) as string, table: sites(decodeSites(table!)) };
}

describe('the statement that carries the table', () => {
  test.each([
    ['f({});', '^f({});'],
    ["'use strict'\nf({});", "'use strict'^\n;f({});"],
    ["'use strict'; 'x'; f({});", "'use strict'; 'x';^ f({});"],
    ['#!/bin/node\n\nf({});', '#!/bin/node\n\n^f({});'],
    ['/* a\n*/ --> b\n f({});', '/* a\n*/ --> b\n ^f({});'],
    ['\uFEFFf({});', '\uFEFF^f({});'],
  ])('stands behind the directives, else before the first statement: %j', (source, expected) => {
    expect(carried(source).without.replaceAll('(() => f({}))()', 'f({})')).toBe(expected);
  });

  test('leaves all positions readable', () => {
    const source = "'use strict'; f({\n  a: [] }); g([1]); // é";
    const { code, table } = carried(source);
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
    const { code, name: found } = carried('f({});', name);
    expect(found).toBe(name);
    expect(code).not.toMatch(/[\n\u2028]/);
  });
});
