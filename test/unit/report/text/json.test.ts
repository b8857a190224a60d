import { expect, test } from '@jest/globals';
import { diffJson, jsonText, statisticsJson } from '../../../../src/report/text/json.js';
import { snapshotFrom } from '../../snapshot/picture.js';

const now = snapshotFrom(`
  main@a.js:1
  load@b.js:2
  100
`);
const frame = (filename: string, lineno: number, functionName: string) => ({
  filename,
  lineno,
  column: 0,
  functionName,
  precision: 'function',
});

test('statistics have the documented fields in their order', () => {
  const document = statisticsJson(now.statistics('traceback'), { size: 100, count: 1 }, { keyType: 'traceback', cumulative: false });
  expect(JSON.stringify(document)).toBe(
    JSON.stringify({
      keyType: 'traceback',
      cumulative: false,
      total: { size: 100, count: 1 },
      statistics: [
        {
          size: 100,
          count: 1,
          standardError: 0,
          countStandardError: 0,
          traceback: { totalFrames: null, frames: [frame('/app/a.js', 1, 'main'), frame('/app/b.js', 2, 'load')] },
        },
      ],
    }),
  );
});

test('a row of other code names its own caller', () => {
  const snapshot = snapshotFrom(`
    pack@export.js:41
    node:zlib:712
    100
  `);
  const { statistics } = statisticsJson(snapshot.statistics('lineno'), { size: 100, count: 1 }, { keyType: 'lineno', cumulative: false });
  expect(statistics[0]!.ownCaller).toEqual({ share: 1, frame: frame('/app/export.js', 41, 'pack') });
});

test('a diff adds the changes', () => {
  const old = snapshotFrom(`
    load@b.js:2
    30
  `);
  const compared = {
    total: { size: 100, count: 1 },
    before: { size: 30, count: 1 },
    comparison: { oneTracing: false, settings: [{ name: 'mode', old: 'exact', now: 'sampling' }], isReversed: false },
  } as const;
  const document = diffJson(now.compareTo(old, 'lineno'), compared, { keyType: 'lineno', cumulative: false });
  expect(document).toMatchObject({ oneTracing: false, differ: ['mode'] });
  expect(document.total).toEqual({ size: 100, count: 1, sizeDiff: 70, countDiff: 0 });
  expect(document.statistics).toMatchObject([{ size: 100, count: 1, sizeDiff: 70, countDiff: 0 }]);
});

test('the text holds no control characters, and reads back unchanged', () => {
  const document = { name: '\u001b[31m\u009b31m\u202e\u2028\u007f\u{e0001}é😀\\u0041' };
  const text = jsonText(document);
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u);
  expect(text).toContain('é😀');
  expect(JSON.parse(text)).toEqual(document);
});
