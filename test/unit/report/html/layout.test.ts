import { describe, expect, it } from '@jest/globals';
import { buildReport } from '../../../../src/report/html/build-report.js';
import { type Box, boxesOf, spanOf, sumsOf, widthsOf } from '../../../../src/report/html/view/layout.js';
import { type Tree, treeOf } from '../../../../src/report/html/view/page-tree.js';
import { isFound } from '../../../../src/report/html/view/search.js';
import { Sums } from '../../../../src/report/html/view/sums.js';
import { Snapshot } from '../../../../src/snapshot/snapshot.js';
import { randomBelow, seededRandom } from '../../../helpers/random.js';
import { snapshotFrom } from '../../snapshot/picture.js';

const WIDTH = 1000;

function treeFrom(snapshot: Snapshot): { tree: Tree; widths: ReturnType<typeof widthsOf> } {
  const data = buildReport(snapshot, { title: '', old: null, own: false, embedSources: false, cwd: '/nowhere' });
  const tree = treeOf(data, Sums.ofCells(data.cells));
  return { tree, widths: widthsOf(tree, 'size', { node: data.cells.node, change: new Float64Array(data.cells.node.length) }) };
}

/** A snapshot with `count` distinct stacks of up to 25 frames. */
function manyStacks(count: number): Snapshot {
  const random = seededRandom(count);
  return Snapshot.fromTraces(
    Array.from({ length: count }, (_, stack) => ({
      size: 16 + randomBelow(random, 5000),
      frames: [
        ...Array.from({ length: 24 }, (_, depth): [string, number] => [`/app/${depth}.js`, 1 + randomBelow(random, depth < 4 ? 3 : 9)]),
        [`/app/leaf.js`, stack + 1] as [string, number],
      ],
    })),
  );
}

const picture = ({ depth, left, right, nodes }: Box) => `${depth}: ${left}-${right}${nodes > 1 ? ` (${nodes})` : ''}`;

it('children are above their callers, the larger ones first', () => {
  const { tree, widths } = treeFrom(
    snapshotFrom(`
      main@main.js:1   main@main.js:1   main@main.js:1
      a@a.js:1         b@b.js:1         b@b.js:1
      -                -                c@c.js:1
      10               30               60`),
  );
  expect(boxesOf(tree, widths, spanOf(widths, 0), WIDTH).map(picture)).toEqual([
    '0: 0-1000',
    '1: 0-1000',
    '2: 0-900',
    '3: 0-600',
    '2: 900-1000',
  ]);
  expect(boxesOf(tree, widths, spanOf(widths, 4), WIDTH).map(picture)).toEqual(['0: 0-1000', '1: 0-1000', '2: 0-1000']);
});

it('neighbours that are narrower than a pixel are drawn as one', () => {
  const tiny = Array.from({ length: 500 }, (_, line) => ({
    size: 1,
    frames: [
      ['/app/main.js', 1],
      ['/app/tiny.js', line + 1],
    ] as [string, number][],
  }));
  const { tree, widths } = treeFrom(
    Snapshot.fromTraces([
      ...tiny,
      {
        size: 9500,
        frames: [
          ['/app/main.js', 1],
          ['/app/big.js', 1],
        ],
      },
    ]),
  );
  const boxes = boxesOf(tree, widths, spanOf(widths, 0), WIDTH);
  expect(boxes.map(picture)).toEqual(['0: 0-1000', '1: 0-1000', '2: 0-950', '2: 950-1000 (500)']);
  const [main, together] = [boxes[1]!, boxes[3]!];
  expect([sumsOf(tree, widths, main).size[0], sumsOf(tree, widths, together).size[0]]).toEqual([10_000, 500]);
  const nodes = new Uint8Array(tree.length);
  nodes[tree.length - 1] = 1;
  expect([isFound({ nodes }, together), isFound({ nodes }, main)]).toEqual([true, false]);
});

describe('the cost of a picture', () => {
  it.each([0, 5])('is bounded by its pixels, not by its stacks (zoomed to node %d) (long)', (node) => {
    const { tree, widths } = treeFrom(manyStacks(20_000));
    expect(tree.length).toBeGreaterThan(200_000);
    const boxes = boxesOf(tree, widths, spanOf(widths, node), WIDTH);
    for (let depth = 0; depth < 26; depth++) {
      const row = boxes.filter((box) => box.depth === depth);
      expect(row.filter(({ nodes }) => nodes === 1).length).toBeLessThanOrEqual(WIDTH + 1);
      expect(row.length).toBeLessThanOrEqual(2 * WIDTH);
      for (const [index, box] of row.entries()) expect(box.left).toBeGreaterThanOrEqual((row[index - 1]?.right ?? 0) - 1e-6);
    }
  });
});
