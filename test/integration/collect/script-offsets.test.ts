import { afterEach, describe, expect, it } from '@jest/globals';
import { launch } from '../../../src/index.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

const LOADER = repoPath('fixtures', 'programs', 'offset-loader.cjs');
const MODULE = '/virtual/module.js';
const KEPT = 100_000 * 8;

describe.each(oldestAndNewest())('a script whose loader gives it a negative offset, Node $major', ({ execPath }) => {
  it.each([
    { mode: 'exact', offset: '{"columnOffset":-34}', lineno: 1, mark: '' },
    { mode: 'exact', offset: '{"lineOffset":-2}', lineno: 0, mark: '' },
    { mode: 'objects', offset: '{"columnOffset":-34}', lineno: 1, mark: ' (matrix)' },
    { mode: 'objects', offset: '{"lineOffset":-2}', lineno: 0, mark: ' (matrix)' },
  ] as const)('$mode mode, $offset$mark', async ({ mode, offset, lineno }) => {
    const tracer = await launch(LOADER, { execPath, args: [MODULE, offset], mode, stdio: 'ignore' });
    reapLater(() => tracer.kill('SIGKILL'));
    await tracer.start({ mode });
    const { snapshot, error } = await tracer.exited;
    expect(error).toBeNull();
    const largest = snapshot!.statistics('lineno').find(({ size }) => size >= KEPT)!;
    expect(largest.traceback.at(-1)).toMatchObject({ filename: MODULE, lineno });
  });
});
