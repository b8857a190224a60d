import { afterEach, describe, expect, it } from '@jest/globals';
import { launch } from '../../../src/index.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

const LOADER = repoPath('fixtures', 'programs', 'offset-loader.cjs');
const MODULE = '/virtual/module.js';
const KEPT = 100_000 * 8;

describe.each(nodeBinaries())('a script whose loader gives it a negative offset, Node $major', ({ execPath }) => {
  it.each([
    ['exact', '{"columnOffset":-34}', 1],
    ['exact', '{"lineOffset":-2}', 0],
    ['objects', '{"columnOffset":-34}', 1],
    ['objects', '{"lineOffset":-2}', 0],
  ] as const)('%s mode, %s', async (mode, offset, lineno) => {
    const tracer = await launch(LOADER, { execPath, args: [MODULE, offset], mode, stdio: 'ignore' });
    reapLater(() => tracer.kill('SIGKILL'));
    await tracer.start({ mode });
    const { snapshot, error } = await tracer.exited;
    expect(error).toBeNull();
    const largest = snapshot!.statistics('lineno').find(({ size }) => size >= KEPT)!;
    expect(largest.traceback.at(-1)).toMatchObject({ filename: MODULE, lineno });
  });
});
