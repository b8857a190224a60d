import { connect } from '../../discovery/connect.js';
import type { Endpoint } from '../../discovery/discovery.js';
import { inspectorAmong, listenersOf } from '../../discovery/inspectable.js';
import { type ProcFacts, readProcOf } from '../../discovery/proc.js';
import { hostPort } from '../../protocol/address.js';
import { evaluateOwn } from '../../protocol/evaluate.js';
import type { OpeningInspector } from './cleanup-tasks.js';

/** A process that has not opened its inspector after this time, has a handler of its own for SIGUSR1, or could not open it. */
const LATEST_MS = 60_000;
/** At first; then half as long as we have waited: a hundred processes may be waited for. */
const POLL_MS = 250;
const LONGEST_POLL_MS = 5_000;
const TIMEOUT_MS = 5_000;

/** Waits for the inspector of a process that was asked to open it; null if the process ends first, or opens none within a minute. Needs /proc. */
export async function lateInspector(task: OpeningInspector): Promise<Endpoint | null> {
  const began = performance.now();
  for (;;) {
    const facts = readProcOf(task.pid, task.startTime);
    const waited = performance.now() - began;
    if (facts === null || waited > LATEST_MS) return null;
    const endpoint = await inspectorOf(facts, task);
    if (endpoint !== null) return endpoint;
    await new Promise((resolve) => setTimeout(resolve, Math.min(POLL_MS + waited / 2, LONGEST_POLL_MS)));
  }
}

/** The inspector of the process, if it is open now. */
export async function openInspector(task: OpeningInspector): Promise<Endpoint | null> {
  const facts = readProcOf(task.pid, task.startTime);
  return facts && inspectorOf(facts, task);
}

async function inspectorOf(facts: ProcFacts, { pid, others }: OpeningInspector): Promise<Endpoint | null> {
  for (const address of await listenersOf({ pid, facts })) {
    if (others.includes(hostPort(address))) continue;
    const endpoint = await inspectorAmong([address]);
    // A process that owns the socket may forward it to another one.
    if (endpoint !== null && (await ownerOf(endpoint)) === facts.ownPid) return endpoint;
  }
  return null;
}

/** The pid of the program behind an inspector, as the program sees it; null if it does not answer. */
async function ownerOf(endpoint: Endpoint): Promise<unknown> {
  try {
    const session = await connect(endpoint, { connectTimeoutMs: TIMEOUT_MS, timeoutMs: TIMEOUT_MS });
    try {
      return (await evaluateOwn(session, 'process.pid', { doing: 'asking who the target is' })).value;
    } finally {
      await session.close();
    }
  } catch {
    return null;
  }
}
