import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { compareText, Frame } from '../../../src/model/frame.js';
import { Traceback } from '../../../src/model/traceback.js';

const frames = [1, 2, 3].map((lineno) => new Frame('/none.js', lineno));

describe('Frame', () => {
  it('is equal and ordered only by filename and line', () => {
    expect(new Frame('/a.js', 1, { functionName: 'f' }).equals(new Frame('/a.js', 1, { column: 4 }))).toBe(true);
    expect(new Frame('/a.js', 2).compare(new Frame('/a.js', 10))).toBeLessThan(0);
    expect(new Frame('/b.js', 1).compare(new Frame('/a.js', 10))).toBeGreaterThan(0);
  });

  it('orders text by code points', () => {
    expect(compareText('\uffff', '\u{10000}')).toBeLessThan(0);
    expect(compareText('a', 'ab')).toBeLessThan(0);
    expect(compareText('\ud7ff', '\ue000')).toBeLessThan(0);
  });
});

describe('Traceback', () => {
  const traceback = new Traceback(frames, 5);

  it('is a sequence of frames, the oldest first', () => {
    expect([...traceback]).toEqual(frames);
    expect(traceback.length).toBe(3);
    expect(traceback.at(-1)?.lineno).toBe(3);
    expect(traceback.includes(new Frame('/none.js', 2))).toBe(true);
    expect(traceback.includes(new Frame('/none.js', 4))).toBe(false);
    expect(String(traceback)).toBe('/none.js:1');
    expect(() => (traceback.frames as Frame[]).pop()).toThrow(TypeError);
  });

  it('is equal and ordered by its frames, a prefix first', () => {
    expect(traceback.equals(new Traceback(frames))).toBe(true);
    expect(traceback.equals(new Traceback(frames.slice(0, 2)))).toBe(false);
    expect(new Traceback(frames.slice(0, 2)).compare(traceback)).toBeLessThan(0);
  });

  it.each([
    [1, [3]],
    [2, [2, 3]],
    [-1, [1, 2]],
    [0, []],
    [9, [1, 2, 3]],
  ])('formats with limit %i as CPython 3.11 does', (limit, lines) => {
    expect(traceback.format(limit)).toEqual(lines.map((line) => `  File "/none.js", line ${line}`));
    expect(traceback.format({ limit, mostRecentFirst: true })).toEqual(lines.toReversed().map((line) => `  File "/none.js", line ${line}`));
  });

  it('shows the source line below a frame whose file can be read', () => {
    const folder = mkdtempSync(join(tmpdir(), 'traceback-'));
    const filename = join(folder, 'app.js');
    writeFileSync(filename, 'first\n    const l = [];  \n');
    expect(new Traceback([new Frame(filename, 2), new Frame(filename, 99)]).format()).toEqual([
      `  File "${filename}", line 2`,
      '    const l = [];',
      `  File "${filename}", line 99`,
    ]);
    rmSync(folder, { recursive: true });
  });
});
