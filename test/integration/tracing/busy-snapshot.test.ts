import { afterEach, describe, expect, it } from '@jest/globals';
import { attach } from '../../../src/tracing/attach/attach.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const KEPT = 1000;
/** The bytes of 4,096 bits and up to 10 more, and V8's header of 16 bytes. */
const BIGINT_BYTES = 536;
/** Bytes of the array, the evaluation's closure, and V8's own data for a function that becomes hot. */
const REST = 40_000;

describe.each(nodeBinaries())('a snapshot of a busy target, Node $major (every version)', ({ execPath }) => {
  it('does not count the allocations of V8 for the snapshot itself', async () => {
    const target = await startTarget({ execPath, file: repoPath('fixtures', 'programs', 'busy.cjs'), ready: true });
    const tracer = await attach(target.port);
    await tracer.start({ mode: 'exact', inlining: false });
    await evaluateIn(target.port, 'void setTimeout(work)');
    while (Number(await evaluateIn(target.port, 'rounds')) < 2 * KEPT);
    for (let i = 0; i < 3; i++) {
      const snapshot = await tracer.takeSnapshot();
      const work = snapshot.statistics('function').find(({ traceback }) => traceback.at(-1)?.functionName.includes('work'));
      expect(work?.size).toBeGreaterThanOrEqual(KEPT * BIGINT_BYTES);
      expect(work?.size).toBeLessThan(KEPT * BIGINT_BYTES + REST);
    }
    await evaluateIn(target.port, 'globalThis.isEnough = true');
    await tracer.close();
  });
});
