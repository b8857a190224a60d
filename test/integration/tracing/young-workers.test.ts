import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../../src/discovery/connect.js';
import { discover } from '../../../src/discovery/discovery.js';
import { evaluateOwn } from '../../../src/protocol/evaluate.js';
import { turnOfEventLoop } from '../../../src/protocol/event-loop.js';
import type { Session } from '../../../src/protocol/session.js';
import { Workers } from '../../../src/protocol/workers.js';
import { isIdle } from '../../../src/tracing/watch/end-watch.js';
import { nodeBinaries } from '../../helpers/nodes.js';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const TIMEOUT_MS = 10_000;

/** Makes 25 workers, one after the other. Each lives until its timer is cleared. */
const PROGRAM = `
  const { Worker } = require('node:worker_threads');
  let made = 0;
  const next = () => {
    if (made++ < 25) new Worker('globalThis.kept = setInterval(() => {}, 1000)', { eval: true }).on('exit', next);
  };
  process.stdin.once('data', () => { process.stdin.destroy(); next(); });
  console.log('ready');
`;

async function takesTurn(worker: Session): Promise<boolean> {
  await turnOfEventLoop(worker, TIMEOUT_MS);
  return false;
}

/** Asks again and again, while the worker is being made, until its first lines have run. @param ask gives false before that */
async function askUntilItRuns(worker: Session, ask: (worker: Session) => Promise<boolean>): Promise<void> {
  await worker.send('Runtime.runIfWaitingForDebugger');
  const isRunning = async () => (await evaluateOwn(worker, "typeof kept === 'object'", { doing: 'looking' })).value === true;
  const asked: Promise<boolean>[] = [];
  do asked.push(...Array.from({ length: 5 }, () => ask(worker)));
  while (!(await isRunning()));
  expect(await Promise.all(asked)).not.toContain(true);
  await evaluateOwn(worker, 'clearInterval(kept)', { doing: 'letting it end' });
}

describe.each(nodeBinaries())('workers while they are made, Node $major (every version)', ({ execPath }) => {
  it.each([
    ['whether they are idle', isIdle],
    ['for a turn of their event loop', takesTurn],
  ])('outlive being asked %s (long)', async (_, ask) => {
    const target = await startTarget({ execPath, code: PROGRAM, ready: true });
    const session = await connect(await discover(target.port));
    const asked: Promise<void>[] = [];
    const workers = new Workers(session, {
      pauseNew: true,
      timeoutMs: TIMEOUT_MS,
      onWorker: ({ session: worker }) => asked.push(askUntilItRuns(worker, ask)),
    });
    await workers.watch();
    const atEnd = session.waitFor('NodeRuntime.waitingForDisconnect', undefined, { timeoutMs: 100_000 });
    await session.send('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
    target.child.stdin.write('go\n');
    await atEnd;
    await session.close();
    await expect(target.exited).resolves.toEqual({ code: 0, signal: null });
    expect(await Promise.allSettled(asked)).toEqual(Array(25).fill({ status: 'fulfilled', value: undefined }));
  });
});
