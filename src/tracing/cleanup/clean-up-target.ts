import { once } from 'node:events';
import type { Socket } from 'node:net';
import { leaveAndCloseInspector } from '../../discovery/close-inspector.js';
import { connect } from '../../discovery/connect.js';
import { removeLabels } from '../../lines/labels/install-labels.js';
import { type Replacement, replaceSources } from '../../lines/live-edit/replace-sources.js';
import { DebuggerDomain } from '../../protocol/debugger-domain.js';
import { deoptimize, setFlags } from '../../protocol/engine-flags.js';
import { untilPaused } from '../../protocol/paused-start.js';
import type { Session } from '../../protocol/session.js';
import { type Worker, Workers } from '../../protocol/workers.js';
import type { CleanupTask } from './cleanup-tasks.js';
import { leaveMainThreadEnd } from './main-thread-end.js';

/**
 * The target may still be busy with the last command of the controller: a heap snapshot of a large heap takes more than a minute. A conversation that
 * breaks meanwhile can crash it.
 */
const TIMEOUT_MS = 300_000;
/** The longest time from the address of a program's inspector to the pause before its first line. */
const PAUSE_MS = 5_000;
const AGAIN_MS = 500;
/**
 * On a busy machine a caretaker may get no processor time for a while. With 100 ms some of those of a tree left too late: of 40 programs 4 to 6 died
 * (SIGSEGV) when their controller was killed.
 */
const AFTER_US_MS = 1_000;
const MAIN = 'main';

interface Thread {
  /** `main`, or the id of the worker. */
  readonly name: string;
  readonly session: Session;
}

interface LeftBehind {
  readonly tasks: readonly CleanupTask[];
  /** The controller's connection; null if it could not be shared. */
  readonly connection: Socket | null;
  /** How long a target that is stopped may take to go on. */
  readonly connectTimeoutMs: number;
}

/**
 * Leaves the target at `url` for a controller that is gone, or that has lost its connection.
 *
 * @returns whether an inspector that we opened is still open
 */
export async function cleanUpTarget(url: string, { tasks, connection, connectTimeoutMs }: LeftBehind): Promise<boolean> {
  const session = await connect({ webSocketUrl: url, label: url }, { connectTimeoutMs, timeoutMs: TIMEOUT_MS });
  const threads: Thread[] = [{ name: MAIN, session }];
  const onWorker = (worker: Worker) => void threads.push({ name: worker.id, session: worker.session });
  const workers = new Workers(session, { pauseNew: false, timeoutMs: TIMEOUT_MS, onWorker });
  const hasWorkers = tasks.some(({ kind }) => kind === 'workers');
  // Talking to workers has risks (docs/guide/safety.md), so we do it only if the controller did.
  if (hasWorkers) await workers.watch();
  if (connection) await endConversation(connection, threads);
  // The controller's conversation pauses new workers up to its end. The answer comes after the last of them.
  if (hasWorkers) await session.send('Runtime.getHeapUsage');
  const flags = tasks.flatMap((task) => (task.kind === 'flags' ? task.flags : []));
  if (flags.length > 0) await setFlags(session, flags);
  await Promise.allSettled(threads.map((thread) => leaveThread(thread, { tasks, flagsChanged: flags.length > 0 })));
  await workers.leave();
  if (hasWorkers) await leaveMainThreadEnd(session);
  const inspector = tasks.find((task) => task.kind === 'inspector');
  const stillOpen = inspector
    ? await leaveAndCloseInspector(session, { pid: inspector.pid, endpoint: inspector, afterUsMs: AFTER_US_MS })
    : null;
  await session.close(); // still open if the inspector had to stay open
  return stillOpen !== null;
}

async function leaveThread(
  { name, session }: Thread,
  { tasks, flagsChanged }: Pick<LeftBehind, 'tasks'> & { readonly flagsChanged: boolean },
): Promise<void> {
  const isMain = name === MAIN;
  if (!isMain) await session.send('HeapProfiler.stopSampling').catch(() => {}); // refused if the worker was not sampled
  if (!isMain) await session.send('Runtime.runIfWaitingForDebugger');
  else if (tasks.some(({ kind }) => kind === 'paused')) await letRun(session);
  await restoreScripts(
    session,
    tasks.flatMap((task) => (task.kind === 'script' && task.thread === name ? [{ scriptId: task.scriptId, text: task.source }] : [])),
  );
  if (tasks.some((task) => task.kind === 'labels' && task.thread === name)) await removeLabels(session);
  if (flagsChanged) await deoptimize(session);
  if (!isMain) await session.close();
}

/** The controller may have been killed before the program was paused, or after it was let run. Node 18 tells neither, so it is told twice. */
async function letRun(session: Session): Promise<void> {
  await untilPaused(session, { timeoutMs: PAUSE_MS }).catch(() => {});
  await session.send('Runtime.runIfWaitingForDebugger');
  await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  await session.send('Runtime.runIfWaitingForDebugger');
}

/**
 * Ends the controller's conversation when every thread has answered all its questions. A conversation that breaks earlier can crash the
 * target: Node 18 to 22 died (SIGSEGV) after 2 to 135 conversations that broke while a worker was asked. None died in 150 that ended this way.
 */
async function endConversation(connection: Socket, threads: readonly Thread[]): Promise<void> {
  // A thread answers in the order in which it is asked, whoever asks.
  await Promise.allSettled(threads.map(({ session }) => session.send('Runtime.getHeapUsage')));
  const ended = once(connection, 'close', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  connection.end();
  await ended.catch(() => connection.destroy());
}

async function restoreScripts(session: Session, scripts: readonly Replacement[]): Promise<void> {
  if (scripts.length === 0) return;
  const domain = new DebuggerDomain(session);
  await domain.during(
    { pausing: false, doing: 'putting scripts back' },
    async () => void (await replaceSources({ session, domain }, scripts)),
  );
}
