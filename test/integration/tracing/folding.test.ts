import { afterEach, describe, expect, it } from '@jest/globals';
import { launch } from '../../../src/tracing/launch/launch.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

const ITEMS = 20_000;
/** Two objects, an array, and its elements. */
const BLOCKS_OF_AN_ITEM = 4;

describe.each(nodeBinaries())('exact mode, Node $major (every version)', ({ execPath }) => {
  it('counts every block, even if optimized code makes several in one allocation', async () => {
    const program = repoPath('fixtures', 'programs', 'folding.cjs');
    const tracer = await launch(program, { execPath, args: [`${ITEMS}`], mode: 'exact', inlining: false, stdio: 'ignore' });
    reapLater(() => tracer.kill('SIGKILL'));
    await tracer.start({ mode: 'exact' });
    const { snapshot } = await tracer.exited;
    const make = snapshot?.statistics('function').find(({ traceback }) => traceback.at(-1)?.functionName === 'make');
    expect(Math.abs((make?.count ?? 0) / (ITEMS * BLOCKS_OF_AN_ITEM) - 1)).toBeLessThan(0.01);
  });
});
