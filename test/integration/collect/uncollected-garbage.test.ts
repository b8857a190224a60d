import { afterEach, describe, expect, it } from '@jest/globals';
import { Sampler } from '../../../src/collect/sampling/sampler.js';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { ProfileTooLargeError } from '../../../src/errors.js';
import type { Session } from '../../../src/protocol/session.js';
import { evaluateIn } from '../../helpers/evaluate.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, startTarget, type TargetProcess } from '../../helpers/target-process.js';

afterEach(reapTargets);

/** About 8 MB of garbage in blocks of 16 KB. If these were taken for blocks of usual size, the estimate of the profile would be 23 MB. */
const PROGRAM = `
  globalThis.litter = () => { for (let i = 0, held = []; i < 500; i++) held.push(BigInt(i + 1) << 131_000n); };
  globalThis.spin = () => { while (!globalThis.isEnough); };
  process.stdin.resume();
  console.log('ready');
`;
const LIMIT = 12_000_000;
const inTurn = <T>(work: () => Promise<T>) => work();

async function sampled({ port }: TargetProcess, profileTimeoutMs?: number): Promise<{ session: Session; sampler: Sampler }> {
  const session = await connect(await discover(port));
  await session.programEnd.watch();
  const sampler = new Sampler(session, { interval: 1, maxMessageBytes: LIMIT, hasOwnConnection: true, profileTimeoutMs });
  await sampler.start({ force: false });
  return { session, sampler };
}

describe.each(nodeBinaries())('garbage that cannot be collected before the profile, Node $major', ({ execPath }) => {
  const started = () => startTarget({ execPath, code: PROGRAM, ready: true });

  it('does not prevent the last snapshot at the end of a program', async () => {
    const target = await started();
    const { session, sampler } = await sampled(target);
    await evaluateIn(target.port, 'litter()');
    const atEnd = session.waitFor('NodeRuntime.waitingForDisconnect');
    target.child.stdin.end();
    await atEnd;
    await expect(sampler.read({ isLast: true, inTurn })).resolves.toMatchObject({ kind: 'samples' });
    await session.close();
    await expect(target.exited).resolves.toEqual({ code: 0, signal: null });
  });

  it('makes a snapshot of a busy program fail in time, and leaves the program as it was', async () => {
    const target = await started();
    const { session, sampler } = await sampled(target, 500);
    await evaluateIn(target.port, 'litter(); void setTimeout(spin)');
    await expect(sampler.read({ isLast: false, inTurn })).rejects.toBeInstanceOf(ProfileTooLargeError);
    await evaluateIn(target.port, 'globalThis.isEnough = true');
    await expect(sampler.read({ isLast: false, inTurn })).resolves.toMatchObject({ kind: 'samples' });
    await session.close();
  });
});
