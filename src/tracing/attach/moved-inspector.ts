import { inspectorAmong, listenersOf } from '../../discovery/inspectable.js';
import { askToMoveInspector, MOVES_WITHIN_MS } from '../../discovery/move-inspector.js';
import { isStillThere, type KnownProcess, lookAt } from '../../discovery/process-identity.js';
import { ConnectError } from '../../errors.js';
import { hostPort } from '../../protocol/address.js';
import { openConnectionTo } from './connection.js';
import { connectToPid, type PidConnection, type SoonFree } from './pid-attach.js';

const POLL_MS = 25;
/** The new inspector is there this long after the old one is gone, or not at all. */
const REOPENS_WITHIN_MS = 3_000;

/**
 * Connects to the Node process `pid` as `connectToPid` does. An inspector that we open is moved to a free port at once, so that those of any number of
 * processes can be open. A program that is too busy to move it keeps it where it is. The caller has a caretaker for an inspector that opens late.
 *
 * @param how `isOurs`: an inspector that is open already was opened because of us, too
 * @throws ConnectError, UnsupportedError that say why that is impossible
 */
export async function connectElsewhere(
  pid: number,
  timeoutMs: number | undefined,
  { isOurs, soonFree }: { readonly isOurs: boolean; readonly soonFree: SoonFree },
): Promise<PidConnection> {
  const first = await connectToPid(pid, timeoutMs, soonFree);
  if (!first.opened && !isOurs) return first;
  const target = lookAt(pid);
  const old = hostPort(first.endpoint);
  const servers = (await listenersOf(target)).map(hostPort).filter((address) => address !== old);
  const refusal = await askToMoveInspector(first.session);
  const movesUntil = performance.now() + (refusal === null ? MOVES_WITHIN_MS : 0) + POLL_MS;
  first.caretaker.done('inspector'); // it would look for it at the old port
  await first.session.close();
  await untilGone(old, { target, movesUntil });
  const endpoint = await newInspector(target, { old, servers, movesUntil });
  const connection = await openConnectionTo(target.ownPid, endpoint, timeoutMs);
  if (connection === null)
    throw new ConnectError(`what ${target.label} listens with on ${endpoint.label} is the inspector of another process`);
  const { host, port } = endpoint;
  connection.caretaker.add('inspector', { kind: 'inspector', pid, host, port });
  return { ...connection, opened: true };
}

interface Moving {
  readonly target: KnownProcess;
  readonly movesUntil: number;
}

/** Until the program listens at this address no more, or will not move its inspector. Nobody connects to it meanwhile. */
async function untilGone(old: string, { target, movesUntil }: Moving): Promise<void> {
  while (performance.now() < movesUntil && (await listenersOf(target)).some((address) => hostPort(address) === old)) await pause(target);
}

async function newInspector(
  target: KnownProcess,
  { old, servers, movesUntil }: { readonly old: string; readonly servers: readonly string[]; readonly movesUntil: number },
) {
  const known = new Set(servers);
  const deadline = movesUntil + REOPENS_WITHIN_MS;
  for (;;) {
    const addresses = (await listenersOf(target)).filter((address) => !known.has(hostPort(address)));
    const moved = addresses.filter((address) => hostPort(address) !== old);
    // The old inspector must not be asked as long as it may close. After that it stays.
    const endpoint = await inspectorAmong(performance.now() < movesUntil ? moved : addresses);
    if (endpoint) return endpoint;
    if (performance.now() > deadline)
      throw new ConnectError(`${target.label} has closed its inspector and opened none on another port; attach to it alone`);
    await pause(target);
  }
}

async function pause(target: KnownProcess): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  if (!isStillThere(target)) throw new ConnectError(`${target.label} ended while its inspector was moved`);
}
