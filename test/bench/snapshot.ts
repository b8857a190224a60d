import { connect } from '../../src/discovery/connect.js';
import { discover } from '../../src/discovery/discovery.js';
import type { Session } from '../../src/protocol/session.js';
import { MAX_MESSAGE_BYTES } from '../../src/protocol/websocket.js';
import { readTargetInfo } from '../../src/tracing/isolate/read-heap-totals.js';
import { Lifecycle } from '../../src/tracing/tracer/lifecycle.js';
import { Tracer } from '../../src/tracing/tracer/tracer.js';
import { repoPath } from '../helpers/paths.js';
import { reapTargets, startTarget } from '../helpers/target-process.js';
import { interleavedMedians, printTable, timed } from './measure.js';

const SAMPLES = [100_000, 400_000];
const NFRAMES = [1, 25];
const ROUNDS = 7;
const GOAL = 1.25;

/**
 * Compares takeSnapshot() with the one command that it needs at least, over the same session with the same program. Every live block is sampled
 * (interval 1). The heap totals, the estimate of the message and the columns are our own work.
 */
export async function benchSnapshot(): Promise<void> {
  const rows: string[][] = [];
  try {
    for (const samples of SAMPLES) for (const nframe of NFRAMES) rows.push(await measure(samples, nframe));
  } finally {
    await reapTargets();
  }
  printTable([['samples, frames kept', 'stacks', 'takeSnapshot ms', 'getSamplingProfile ms', 'ratio', 'goal'], ...rows]);
  console.log(`medians of ${ROUNDS}, in turn`);
}

async function measure(wanted: number, nframe: number): Promise<string[]> {
  const target = await startTarget({ execPath: process.execPath, file: repoPath('fixtures', 'programs', 'many-stacks.cjs'), ready: true });
  const session = await connect(await discover(target.port));
  const { info } = await readTargetInfo(session);
  const tracer = new Tracer(new Lifecycle({ session, info, maxMessageBytes: MAX_MESSAGE_BYTES }));
  try {
    await tracer.start({ nframe, mode: 'exact' });
    const samples = await growTo(wanted, session, tracer);
    const stacks = (await tracer.takeSnapshot()).table.totalFrames.length;
    const bare = () => session.send('HeapProfiler.getSamplingProfile');
    const { ours, theirs } = await interleavedMedians(
      { ours: () => timed(() => tracer.takeSnapshot()), theirs: () => timed(bare) },
      ROUNDS,
    );
    return [`${samples}, ${nframe}`, String(stacks), ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toFixed(2), `at most ${GOAL}`];
  } finally {
    await tracer.close();
    await target.kill();
  }
}

/** @returns the number of samples at the end; a block of the program is one or two blocks of V8 */
async function growTo(wanted: number, session: Session, tracer: Tracer): Promise<number> {
  for (;;) {
    const samples = (await tracer.takeSnapshot()).columns.length;
    const missing = wanted - samples;
    if (missing < wanted / 100) return samples;
    await session.send('Runtime.evaluate', { expression: `grow(${Math.ceil(missing / 2)})` }, { timeoutMs: 60_000 });
  }
}
