import { describe, expect, test } from '@jest/globals';
import { positionLookup } from '../../../../src/lines/table/position-table.js';
import { transform } from '../../../../src/lines/transform/transform.js';

/** One line of text that comes from lines 1, 2, 4 and 5 of a source: the function, a statement, another one, and its second argument. */
const TEXT = 'function g(){f([1]);f([2],[3])}\n';
const MAPPINGS = 'AAAA,aACA,OAEA,MACA';
const WRAPPED = 'function g(){(() => f([1]))();(() => f([2],(() => [3])()))();}';

function compiled(map: unknown, encoding: 'base64' | 'uri' = 'base64'): string {
  const text = typeof map === 'string' ? map : JSON.stringify(map);
  const body = encoding === 'base64' ? `;base64,${Buffer.from(text).toString('base64')}` : `,${encodeURIComponent(text)}`;
  return `${TEXT}//# sourceMappingURL=data:application/json${body}`;
}

function transformed(source: string): string {
  return transform(source, { sourceType: 'commonjs' }).code.split('\n', 1)[0]!;
}

const MAP = { version: 3, sources: ['a.ts'], mappings: MAPPINGS };

describe('lines of the sources', () => {
  test.each(['base64', 'uri'] as const)('a text on one line has the lines that its map names: %s', (encoding) => {
    expect(transformed(compiled(MAP, encoding))).toBe(WRAPPED);
  });
});

describe('an invalid map is ignored', () => {
  test.each([
    ['no JSON', '{ "version": 3, "mappings": 7'],
    ['no object', 'null'],
    ['no mappings', { version: 3, sources: [] }],
    ['other characters', { ...MAP, mappings: 'AAAA,$!' }],
    ['a segment that ends early', { ...MAP, mappings: 'AAAA,aACAg' }],
    ['a map of maps', { version: 3, sections: [{ offset: { line: 0, column: 0 }, map: MAP }] }],
    ['columns after the end of the line', { ...MAP, mappings: 'gggggCAAA,aACA' }],
    ['lines before the first', { ...MAP, mappings: 'ADDD' }],
    ['more lines than the source has', { ...MAP, mappings: `${';'.repeat(10)}AAAA,aACA` }],
  ])('%s', (_name, map) => {
    expect(transformed(compiled(map))).toBe(TEXT.trim());
  });

  test('text that is neither base64 nor percent-encoded', () => {
    expect(transformed(`${TEXT}//# sourceMappingURL=data:application/json;base64,%%%`)).toBe(TEXT.trim());
    expect(transformed(`${TEXT}//# sourceMappingURL=data:application/json,%%%`)).toBe(TEXT.trim());
  });
});

test('the table has the places in the text that runs, not in the source', () => {
  const { code, positions: table } = transform(compiled(MAP), { sourceType: 'commonjs' });
  expect(positionLookup(table).wrapperAt(0, code.indexOf('() => [3]'))).toEqual({ line: 1, column: TEXT.indexOf('[3]') + 1 });
});
