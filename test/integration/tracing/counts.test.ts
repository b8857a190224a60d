import { afterEach, expect, it } from '@jest/globals';
import { attach, Filter } from '../../../src/index.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

const BLOCKS = 100_000;
/** By allocating line: the bytes of one block. */
const KNOWN = new Map([
  [3, 152],
  [6, 280],
]);

afterEach(reapTargets);

it.each(nodeBinaries())(
  'sampled blocks of Node $major have their true size, and their number and bytes within the error',
  async ({ execPath }) => {
    const file = repoPath('fixtures/programs/commonjs.cjs');
    const target = await startTarget({ execPath, execArgv: ['--max-inlined-bytecode-size=0'], file, ready: true });
    const tracer = await attach(target.port);
    await tracer.start();
    await evaluateIn(target.port, `work(${BLOCKS})`);
    const snapshot = (await tracer.takeSnapshot()).filterTraces([new Filter(true, file)]);
    const again = (await tracer.takeSnapshot()).filterTraces([new Filter(true, file)]);
    await tracer.close();
    for (const [line, block] of KNOWN) {
      const { size, count, standardError } = snapshot.statistics('lineno').find(({ traceback }) => traceback.at(-1)?.lineno === line)!;
      expect(Math.abs(size / count / block - 1)).toBeLessThan(0.02);
      expect(Math.abs(size - BLOCKS * block)).toBeLessThan(4 * standardError);
      expect(Math.abs(count - BLOCKS)).toBeLessThan((4 * standardError) / block);
    }
    const known = again.compareTo(snapshot, 'lineno').filter(({ traceback }) => KNOWN.has(traceback.at(-1)!.lineno));
    expect(known.map(({ sizeDiff, countDiff, standardError }) => [sizeDiff, countDiff, standardError])).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  },
);
