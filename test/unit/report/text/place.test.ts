import { describe, expect, test } from '@jest/globals';
import { Frame } from '../../../../src/model/frame.js';
import { Traceback } from '../../../../src/model/traceback.js';
import { placeOf } from '../../../../src/report/text/place.js';
import { widthOf } from '../../../../src/text/text-width.js';

const traceback = new Traceback([new Frame('/app/src/main.js', 3), new Frame('/other/load.js', 7, { functionName: 'load' })]);

test.each([
  ['traceback', '/other/load.js:7 load < src/main.js:3'],
  ['lineno', '/other/load.js:7 load < src/main.js:3'],
  ['filename', '/other/load.js:7 < src/main.js:3'],
] as const)('%s: the most recent frame first, as seen from here', (keyType, expected) => {
  expect(placeOf(traceback, { keyType, cwd: '/app' })).toBe(expected);
});

test('without a line, the folder itself, a neighbour with the same beginning', () => {
  const place = (filename: string) => placeOf(new Traceback([new Frame(filename, 0)]), { keyType: 'filename', cwd: '/app' });
  expect(place('<GC>')).toBe('<GC>');
  expect(place('/app')).toBe('/app');
  expect(place('/app2/x.js')).toBe('/app2/x.js');
  expect(place('/app/a\nb.js')).toBe('a\\u{a}b.js');
});

describe('if space is short', () => {
  const place = (frame: Frame, width: number) => placeOf(new Traceback([frame]), { keyType: 'lineno', cwd: '/app', width });
  const long = new Frame('/app/services/sessions/store.js', 1234, { functionName: 'rememberVisitor' });

  test.each([
    [48, 'services/sessions/store.js:1234 rememberVisitor'],
    [40, 'services/…/store.js:1234 rememberVisitor'],
    [33, 'servi…store.js:1234 rememberVisi…'],
    [20, 'servic…store.js:1234'],
    [9, '….js:1234'],
  ])('%i columns', (width, expected) => {
    expect(place(long, width)).toBe(expected);
  });

  test('at any width the line is whole and nothing is wider', () => {
    const wide = new Frame('/app/会議/議事録.js', 77, { functionName: '数える' });
    for (const frame of [long, wide, new Frame(`/${'x'.repeat(500)}`, 8, { functionName: 'y'.repeat(500) })]) {
      for (let width = 8; width < 120; width++) {
        expect(widthOf(place(frame, width))).toBeLessThanOrEqual(width);
        expect(place(frame, width)).toContain(`:${frame.lineno}`);
      }
    }
  });

  test('the oldest frames of a stack are left out', () => {
    const inRoomOf = (width: number) => placeOf(traceback, { keyType: 'traceback', cwd: '/app', width });
    expect(inRoomOf(37)).toBe('/other/load.js:7 load < src/main.js:3');
    expect(inRoomOf(36)).toBe('/other/load.js:7 load < …');
    expect(inRoomOf(20)).toBe('/other/load.js:7 < …');
  });
});
