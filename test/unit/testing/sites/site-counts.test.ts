import { describe, expect, it } from '@jest/globals';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { SiteCounts } from '../../../../src/testing/sites/site-counts.js';
import { NO_SITE, Sites } from '../../../../src/testing/sites/sites.js';
import { type Block, snapshotOf } from '../../../helpers/series-simulation.js';

describe('SiteCounts', () => {
  it('counts what is alive by the round of its birth, and all at the end of each round', () => {
    const rounds: Block[][] = [
      [
        { birth: 1, size: 8, line: 2 },
        { birth: 2, size: 8, line: 2 },
        { birth: 3, size: 8, line: 3 },
      ],
      [
        { birth: 2, size: 8, line: 2 },
        { birth: 3, size: 8, line: 3 },
        { birth: 5, size: 8, line: 2 },
      ],
      [
        { birth: 2, size: 8, line: 2 },
        { birth: 5, size: 8, line: 2 },
        { birth: 6, size: 8, line: 2 },
        { birth: 7, size: 8, line: 2 },
      ],
    ];
    const counts = new SiteCounts(new Sites());
    for (const alive of rounds) counts.add(snapshotOf(alive));
    expect([...counts].map(([, site]) => site)).toEqual([{ blocks: [1, 1, 2], totals: [2, 2, 4] }]);
  });

  it('knows the births of each thread, also if a thread comes later or is missing', () => {
    const counts = new SiteCounts(new Sites());
    const main = { birth: 100, size: 8, line: 2 };
    const worker = { birth: 4, size: 8, line: 2, thread: 'worker 1' };
    counts.add(snapshotOf([main]));
    counts.add(snapshotOf([main, worker]));
    counts.add(snapshotOf([main]));
    counts.add(snapshotOf([main, worker, { ...worker, birth: 5 }]));
    expect([...counts].map(([, { blocks }]) => blocks)).toEqual([[1, 1, 0, 1]]);
  });
});

describe('Sites', () => {
  const numbersOf = (sites: Sites, ...stacks: (readonly (readonly [string, number])[])[]) => {
    const { table, columns } = Snapshot.fromTraces(
      stacks.map((frames, i) => ({ size: 8 * (i + 1), frames })),
      { tracebackLimit: 9 },
    );
    const numbers = sites.of(table);
    return [...columns.traceback].map((traceback) => numbers[traceback]);
  };

  it('are lines of packages and of the program, the same in all tables', () => {
    const sites = new Sites();
    const [timer, other, same] = numbersOf(
      sites,
      [
        ['/app/a.js', 3],
        ['node:timers', 100],
        ['node:internal/timers', 5],
      ],
      [
        ['/app/a.js', 4],
        ['node:timers', 100],
      ],
      [
        ['/app/b.js', 1],
        ['/app/a.js', 3],
      ],
    );
    expect(timer).toBe(same);
    expect(other).not.toBe(timer);
    expect(
      numbersOf(
        sites,
        [['/app/c.js', 1]],
        [
          ['/app/a.js', 3],
          ['<GC>', 0],
        ],
      )[1],
    ).toBe(timer);
  });

  it("are Node's own lines if nothing else is on the stack", () => {
    const [a, b, v8] = numbersOf(
      new Sites(),
      [
        ['node:net', 5],
        ['node:stream', 7],
      ],
      [
        ['node:net', 5],
        ['node:stream', 8],
      ],
      [['<V8 API>', 0]],
    );
    expect(new Set([a, b, v8]).size).toBe(3);
  });

  it('do not exist for what runners and the console keep', () => {
    const numbers = numbersOf(
      new Sites(),
      [
        ['/app/a.js', 3],
        ['node:internal/console/constructor', 9],
        ['node:internal/streams/writable', 2],
      ],
      [
        ['/app/a.js', 3],
        ['/app/node_modules/.pnpm/@jest+console@30.0.0/node_modules/@jest/console/build/index.js', 9],
      ],
      [
        ['/app/a.js', 3],
        ['/app/node_modules/jest-mock/build/index.js', 9],
        ['/app/a.js', 5],
      ],
      [
        ['/app/a.js', 3],
        ['/app/node_modules/vitest/dist/chunks/x.js', 9],
      ],
      [['/app/node_modules/expectations/index.js', 3]],
    );
    expect(numbers.map((number) => number === NO_SITE)).toEqual([true, true, true, true, false]);
  });
});
