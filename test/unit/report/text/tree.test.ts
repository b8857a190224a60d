import { describe, expect, test } from '@jest/globals';
import { Snapshot } from '../../../../src/index.js';
import { COLOURED, PLAIN } from '../../../../src/report/text/colours.js';
import { diffTreeLines, treeLines } from '../../../../src/report/text/tree.js';
import { snapshotFrom } from '../../snapshot/picture.js';

const OPTIONS = { isInverted: false, minPercent: 1, cwd: '/app', width: Number.POSITIVE_INFINITY };
const SNAPSHOT = snapshotFrom(`
  main@app.js:1   main@app.js:1   main@app.js:1   other@o.js:5
  load@app.js:9   load@app.js:9   draw@app.js:20  -
  parse@p.js:3    keep@app.js:12  keep@app.js:12  -
  600             300             96              4
`);

test('goes from the oldest frames on, with a line for each call and guides at forks', () => {
  expect(treeLines(SNAPSHOT, { ...OPTIONS, minPercent: 0 })).toEqual([
    '  size  percent  called',
    '1000 B    100 %  all',
    ' 996 B    100 %  ├ app.js:1 main',
    ' 900 B     90 %  │ ├ app.js:9 load',
    ' 600 B     60 %  │ │ ├ p.js:3 parse',
    ' 300 B     30 %  │ │ └ app.js:12 keep',
    '  96 B    9.6 %  │ └ app.js:20 draw',
    '  96 B    9.6 %  │   app.js:12 keep',
    '   4 B    0.4 %  └ o.js:5 other',
  ]);
});

test('inverted, goes from the places that allocate to their callers', () => {
  expect(treeLines(SNAPSHOT, { ...OPTIONS, isInverted: true })).toEqual([
    '  size  percent  allocated in, called by',
    '1000 B    100 %  all',
    ' 600 B     60 %  ├ p.js:3 parse',
    ' 600 B     60 %  │ app.js:9 load',
    ' 600 B     60 %  │ app.js:1 main',
    ' 396 B     40 %  └ app.js:12 keep',
    ' 300 B     30 %    ├ app.js:9 load',
    ' 300 B     30 %    │ app.js:1 main',
    '  96 B    9.6 %    └ app.js:20 draw',
    '  96 B    9.6 %      app.js:1 main',
    'not shown: 1 below 1 %',
  ]);
});

test('pruned frames are counted; a frame that remains alone needs no guide', () => {
  expect(treeLines(SNAPSHOT, { ...OPTIONS, minPercent: 50 })).toEqual([
    '  size  percent  called',
    '1000 B    100 %  all',
    ' 996 B    100 %  app.js:1 main',
    ' 900 B     90 %  app.js:9 load',
    ' 600 B     60 %  p.js:3 parse',
    'not shown: 4 below 50 %',
  ]);
});

test('one line of one function is one frame, whatever its columns', () => {
  const traces = [3, 9].map((column) => ({ size: 10, frames: [{ filename: '/app/a.js', lineno: 2, column, functionName: 'f' }] }));
  expect(treeLines(Snapshot.fromTraces(traces), OPTIONS).slice(1)).toEqual(['20 B    100 %  all', '20 B    100 %  a.js:2 f']);
});

test('frames that were not kept', () => {
  const cut = Snapshot.fromTraces([{ size: 10, totalFrames: 9, frames: [['/app/a.js', 2]] }]);
  expect(treeLines(cut, OPTIONS).slice(2)).toEqual(['10 B    100 %  older frames not kept', '10 B    100 %  a.js:2']);
  expect(treeLines(cut, { ...OPTIONS, isInverted: true }).slice(2)).toEqual([
    '10 B    100 %  a.js:2',
    '10 B    100 %  older frames not kept',
  ]);
});

test('nothing at all', () => {
  expect(treeLines(Snapshot.fromTraces([]), OPTIONS)).toEqual(['nothing allocated in this time is still alive']);
});

describe('a difference', () => {
  const DIFF = { ...OPTIONS, colours: PLAIN };
  const OLD = snapshotFrom(`
    main@app.js:1   main@app.js:1   main@app.js:1
    load@app.js:9   load@app.js:9   draw@app.js:20
    parse@p.js:3    keep@app.js:12  keep@app.js:12
    400             300             500
  `);

  test('shows the change below each frame, the larger change first', () => {
    expect(diffTreeLines({ old: OLD, now: SNAPSHOT }, { ...DIFF, minPercent: 0 })).toEqual([
      'change  percent    size  called',
      '-200 B    -17 %  1000 B  all',
      '-204 B    -17 %   996 B  ├ app.js:1 main',
      '-404 B    -34 %    96 B  │ ├ app.js:20 draw',
      '-404 B    -34 %    96 B  │ │ app.js:12 keep',
      '+200 B    +17 %   900 B  │ └ app.js:9 load',
      '+200 B    +17 %   600 B  │   ├ p.js:3 parse',
      '  +0 B   +0.0 %   300 B  │   └ app.js:12 keep',
      '  +4 B   +0.3 %     4 B  └ o.js:5 other',
    ]);
    expect(diffTreeLines({ old: OLD, now: SNAPSHOT }, { ...DIFF, isInverted: true }).slice(0, 3)).toEqual([
      'change  percent    size  allocated in, called by',
      '-200 B    -17 %  1000 B  all',
      '-404 B    -34 %   396 B  ├ app.js:12 keep',
    ]);
  });

  test('a frame stays if the changes below it cancel out', () => {
    const [old, now] = [
      [100, 300],
      [300, 100],
    ].map((sizes) =>
      Snapshot.fromTraces(
        sizes.map((size, i) => ({
          size,
          frames: [
            ['/app/a.js', 1],
            ['/app/b.js', i + 1],
          ],
        })),
      ),
    ) as [Snapshot, Snapshot];
    expect(diffTreeLines({ old, now }, { ...DIFF, minPercent: 50 }).slice(1)).toEqual([
      '  +0 B   +0.0 %  400 B  all',
      '  +0 B   +0.0 %  400 B  a.js:1',
      '-200 B    -50 %  100 B  ├ b.js:2',
      '+200 B    +50 %  300 B  └ b.js:1',
    ]);
    expect(diffTreeLines({ old, now }, { ...DIFF, minPercent: 51 }).slice(1)).toEqual([
      '  +0 B   +0.0 %  400 B  all',
      'not shown: 3 below 51 %',
    ]);
  });

  test('nothing changed, from nothing, to nothing', () => {
    expect(diffTreeLines({ old: OLD, now: OLD }, DIFF)).toEqual(['nothing changed']);
    const none = Snapshot.fromTraces([]);
    expect(diffTreeLines({ old: none, now: none }, DIFF)).toEqual(['nothing changed']);
    expect(diffTreeLines({ old: none, now: SNAPSHOT }, DIFF)[1]).toBe('+1000 B   +100 %  1000 B  all');
    expect(diffTreeLines({ old: SNAPSHOT, now: none }, DIFF)[1]).toBe('-1000 B   -100 %   0 B  all');
  });

  test('growth is coloured; a change that may come from sampling alone is marked, as in the table', () => {
    const sampled = (size: number) => {
      const snapshot = Snapshot.fromTraces([
        { size, count: 1, frames: [['/app/noise.js', 1]] },
        { size: 100 * size ** 2, count: 1, frames: [['/app/leak.js', 1]] },
      ]);
      return new Snapshot({ ...snapshot, capture: { ...snapshot.capture, mode: 'sampling', interval: 30912 } });
    };
    const lines = diffTreeLines({ old: sampled(1000), now: sampled(1200) }, { ...DIFF, colours: COLOURED, minPercent: 0 });
    expect(lines).toContain(`${COLOURED.grown('+42.0 MiB')}    +31 %  137 MiB  ├ leak.js:1`);
    expect(lines).toContainEqual(expect.stringMatching(/^ *~ \+200 B .*noise\.js:1$/));
    expect(lines.at(-1)).toMatch(/^~ within two standard errors/);
  });
});

describe('deep, wide and hostile (long)', () => {
  /** Stacks that fork at every frame. */
  const comb = (depth: number) =>
    Snapshot.fromTraces(
      Array.from({ length: depth }, (_, i) => ({
        size: 10,
        frames: [
          ...Array.from({ length: i + 1 }, (_, frame) => ['/app/deep.js', frame + 1] as [string, number]),
          ['/app/leaf.js', i + 1] as [string, number],
        ],
      })),
    );

  test('a stack of 60,000 frames', () => {
    const frames = Array.from({ length: 60_000 }, (_, i) => ['/app/deep.js', i + 1] as [string, number]);
    const lines = treeLines(Snapshot.fromTraces([{ size: 10, frames }]), OPTIONS);
    expect(lines).toHaveLength(60_002);
    expect(lines.at(-1)).toBe('10 B    100 %  deep.js:60000');
  });

  test.each([20, 40, 80])('%i columns', (width) => {
    for (const line of treeLines(comb(100), { ...OPTIONS, minPercent: 0, width })) expect(line.length).toBeLessThanOrEqual(width);
  });

  test('guides stay bounded, however many forks there are', () => {
    expect(Math.max(...treeLines(comb(1000), { ...OPTIONS, minPercent: 0 }).map(({ length }) => length))).toBeLessThan(130);
  });

  test('names that would move the cursor', () => {
    const name = '\u001b[2Jx\u202e\n';
    const lines = treeLines(Snapshot.fromTraces([{ size: 10, frames: [{ filename: name, lineno: 1, functionName: name }] }]), OPTIONS);
    expect(lines.at(-1)).toBe('10 B    100 %  \\u{1b}[2Jx\\u{202e}\\u{a}:1 \\u{1b}[2Jx\\u{202e}\\u{a}');
  });
});
