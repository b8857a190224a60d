import { once } from 'node:events';
import type { Socket } from 'node:net';
import { leaveAndCloseInspector } from '../../discovery/close-inspector.js';
import { connect } from '../../discovery/connect.js';
import { replaceSources } from '../../lines/live-edit/replace-sources.js';
import { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { deoptimize, setFlags } from '../../protocol/engine-flags.js';
import type { Session } from '../../protocol/session.js';
import { type Worker, Workers } from '../../protocol/workers.js';
import type { Debt } from './cleanup-tasks.js';
import { leaveMainEnd } from './main-thread-end.js';

/** The controller has left in the middle of something, and the target may be busy with it. */
const TIMEOUT_MS = 10_000;
const MAIN = 'main';

interface Isolate {
  readonly thread: string;
  readonly session: Session;
}

interface Left {
  readonly owed: readonly Debt[];
  /** The controller's. */
  readonly connection: Socket | null;
}

/** Leaves the target at `url` in place of a controller that is gone, or has lost its connection. */
export async function putBack(url: string, { owed, connection }: Left): Promise<void> {
  const session = await connect({ webSocketUrl: url, label: url }, { connectTimeoutMs: TIMEOUT_MS, timeoutMs: TIMEOUT_MS });
  const isolates: Isolate[] = [{ thread: MAIN, session }];
  const onWorker = ({ session: worker, id }: Worker) => void isolates.push({ thread: id, session: worker });
  const workers = new Workers(session, { hold: false, timeoutMs: TIMEOUT_MS, onWorker });
  // Else no worker is spoken to: that has its risks (docs/guide/safety.md).
  if (owed.some(({ kind }) => kind === 'workers')) await workers.watch();
  if (connection) await endConversation(connection, isolates);
  const flags = owed.flatMap((debt) => (debt.kind === 'flags' ? debt.flags : []));
  if (flags.length > 0) await setFlags(session, flags);
  const isHeld = owed.some(({ kind }) => kind === 'held');
  await Promise.allSettled(
    isolates.map(async ({ thread, session: isolate }) => {
      if (thread !== MAIN) await isolate.send('HeapProfiler.stopSampling').catch(() => {}); // it was not sampled
      if (thread !== MAIN || isHeld) await isolate.send('Runtime.runIfWaitingForDebugger');
      await restoreScripts(
        isolate,
        owed.filter((debt) => debt.kind === 'script' && debt.thread === thread),
      );
      if (flags.length > 0) await deoptimize(isolate);
      if (thread !== MAIN) await isolate.close();
    }),
  );
  await workers.leave();
  if (owed.some(({ kind }) => kind === 'workers')) await leaveMainEnd(session);
  const inspector = owed.find((debt) => debt.kind === 'inspector');
  if (inspector) await leaveAndCloseInspector(session, { pid: inspector.pid, endpoint: inspector });
  await session.close(); // which is left to us where the inspector has to stay open
}

/**
 * Ends the controller's conversation when every isolate has answered what it was asked: one that breaks before can crash the target. Node 18 to 22
 * died (SIGSEGV) after 2 to 135 conversations that broke while a worker was asked; none did in 150 that were ended so.
 */
async function endConversation(connection: Socket, isolates: readonly Isolate[]): Promise<void> {
  // Isolates answer in the order in which they are asked, whoever asks.
  await Promise.allSettled(isolates.map(({ session }) => session.send('Runtime.getHeapUsage')));
  const ended = once(connection, 'close', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  connection.end();
  await ended.catch(() => connection.destroy());
}

async function restoreScripts(session: Session, owed: readonly Debt[]): Promise<void> {
  if (owed.length === 0) return;
  const domain = new DebuggerDomain(session);
  await domain.during({ pausing: false, doing: 'putting scripts back' }, async () => {
    const scripts = owed.flatMap((debt) => (debt.kind === 'script' ? [{ scriptId: debt.scriptId, text: debt.source }] : []));
    await replaceSources(session, scripts);
  });
}
