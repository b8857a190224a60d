import { basename } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { launch } from '../../../src/tracing/launch/launch.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

const KNOWN = repoPath('fixtures', 'counts', 'known.cjs');
/** Two dozen kinds, of which the largest errors may exclude a few: the benchmark found 90 to 100 % of the rows within two errors. */
const LEAST_COVERED = 0.8;

describe.each(nodeBinaries())('counts of known blocks, Node $major', ({ execPath }) => {
  it.each([
    ['folded by optimized code', true],
    ['of which none is folded', false],
  ])('%s are within two of their standard errors (matrix)', async (_, inlining) => {
    const args = [repoPath('fixtures', 'counts', 'chosen-on'), '9', '100000'];
    const tracer = await launch(KNOWN, { execPath, args, inlining, stdio: ['ignore', 'pipe', 'ignore'] });
    reapLater(() => tracer.kill('SIGKILL'));
    const chunks: Buffer[] = [];
    tracer.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    await tracer.start({ inlining });
    const { snapshot } = await tracer.exited;
    const made = new Map(Object.entries<number>(JSON.parse(Buffer.concat(chunks).toString())));
    const rows = snapshot!
      .statistics('filename')
      .map((one) => ({ ...one, error: one.countStandardError, name: basename(one.traceback.at(-1)!.filename) }));
    const known = rows.filter(({ name }) => (made.get(name) ?? 0) > 0);
    expect(known.length).toBeGreaterThan(12);
    expect(snapshot!.capture.folding).toBe(inlining);
    const covered = known.filter(({ name, count, error }) => Math.abs(count - made.get(name)!) <= 2 * error);
    expect(covered.length / known.length).toBeGreaterThanOrEqual(LEAST_COVERED);
  });
});
