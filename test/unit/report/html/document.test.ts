import { describe, expect, it } from '@jest/globals';
import { Snapshot, UnsupportedError } from '../../../../src/index.js';
import { buildReport } from '../../../../src/report/html/build-report.js';
import { htmlDocument } from '../../../../src/report/html/document.js';
import { jsonParts } from '../../../../src/report/html/json-parts.js';

describe('JSON in parts', () => {
  it.each([
    ['an empty object', {}],
    ['an empty list', []],
    ['a text', '</script>'],
    ['null', null],
    ['all of them', { a: [1, 2.5, 'x"'], b: null, c: { 0: { 7: 'line' } }, d: [[], {}], e: true }],
    ['a long list', Array.from({ length: 25_000 }, (_, i) => i)],
  ])('%s', (_what, value) => {
    expect(JSON.parse([...jsonParts(value)].join(''))).toEqual(value);
  });

  it('has no large parts', () => {
    const parts = [...jsonParts({ column: new Array(1_000_000).fill(1_000_000_000) })];
    expect(parts.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(11_000_000);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThan(200_000);
  });
});

describe('a report', () => {
  const report = buildReport(Snapshot.fromTraces([{ size: 10, frames: [['/app/<b>.js', 1]] }]), {
    title: 'it',
    old: null,
    own: false,
    embedSources: false,
    cwd: '/',
  });
  const dataOf = (page: string) => /<script type="application\/json" id="report">(.*)<\/script>\n<script>/.exec(page)![1]!;

  it('holds its data unchanged, and nothing in it can end the element', () => {
    const data = dataOf(Buffer.concat(htmlDocument(report)).toString());
    expect(JSON.parse(data)).toEqual(report);
    expect(data).not.toContain('<');
  });

  it('is refused with advice if a page could not read it', () => {
    const { length } = dataOf(Buffer.concat(htmlDocument(report)).toString());
    expect(() => htmlDocument(report, length)).not.toThrow();
    expect(() => htmlDocument(report, length - 1)).toThrow(UnsupportedError);
    expect(() => htmlDocument(report, length - 1)).toThrow(/more than the \d+ characters that a page can read; take a part .*--include/);
  });
});
