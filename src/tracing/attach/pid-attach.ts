import { inspectorAmong, listenersOf } from '../../discovery/inspectable.js';
import { askForInspector, refuseIfStopped } from '../../discovery/inspector-signal.js';
import { otherHolderOfPort } from '../../discovery/port-holder.js';
import { isStillThere, type KnownProcess, lookAt } from '../../discovery/process-identity.js';
import type { Listener } from '../../discovery/socket-table.js';
import { ConnectError } from '../../errors.js';
import { hostPort } from '../../protocol/address.js';
import { messageOf } from '../../protocol/error-text.js';
import { Caretaker } from '../cleanup/caretaker.js';
import { type Connection, openConnectionTo } from './connection.js';

const OPENING_TIMEOUT_MS = 5_000;
/** After this time we look whether another process has the port, in which case the inspector does not open. */
const TAKEN_PORT_MS = 500;
const POLL_MS = 25;
/** Few, because a handler of the program's own runs each time. */
const MOST_ASKS = 3;

/** Whether the process `pid` will give the port away soon. */
export type SoonFree = (pid: number | null) => boolean;

export interface PidConnection extends Connection {
  /** We have opened the inspector. */
  readonly opened: boolean;
}

/**
 * Connects to the Node process `pid` of this machine through its inspector. If no inspector is open, opens it by SIGUSR1.
 *
 * @param soonFree whether a process that holds the port will give it away soon. It is waited for, and the process is asked again
 * @throws ConnectError, UnsupportedError that say why that is impossible
 */
export async function connectToPid(pid: number, timeoutMs: number | undefined, soonFree: SoonFree = () => false): Promise<PidConnection> {
  const target = lookAt(pid);
  const search: Search = { target, others: new Set(), timeoutMs, soonFree };
  const addresses = await listenersOf(target);
  const open = await connectAmong(addresses, search);
  if (open) return { ...open, opened: false };
  // The program's own servers need not be asked again. Without /proc the new inspector may have one of these addresses.
  if (target.facts !== null) for (const address of addresses) search.others.add(hostPort(address));
  const others = new Set(search.others);
  const isTaken = (await otherHolderOfPort(target)) !== null; // and may be free before we look again
  const caretaker = new Caretaker();
  if (target.facts !== null) {
    caretaker.add('opening', { kind: 'opening', pid, startTime: target.facts.startTime, others: [...others] });
    caretaker.guard(null);
  }
  try {
    await askForInspector(target);
  } catch (error) {
    caretaker.end({ isLost: false });
    throw error;
  }
  try {
    const connection = await untilOpen(search, isTaken);
    const { host, port } = connection.endpoint;
    connection.caretaker.add('inspector', { kind: 'inspector', pid, host, port });
    caretaker.end({ isLost: false });
    return { ...connection, opened: true };
  } catch (error) {
    const told = await toldOfInspector(error, { target, others });
    caretaker.end({ isLost: true }); // it closes an inspector that has opened, or opens later
    throw told;
  }
}

/** Gives `error`, or, if the inspector has opened anyway, an error that says so. @param others addresses at which it was not before */
async function toldOfInspector(error: unknown, { target, others }: Pick<Search, 'target' | 'others'>): Promise<unknown> {
  if (target.facts === null) return error; // another program may answer
  const opened = (await listenersOf(target)).filter((address) => !others.has(hostPort(address)));
  const endpoint = await inspectorAmong(opened);
  if (!endpoint) return error;
  return new ConnectError(
    `the inspector of ${target.label} was opened and is still open on ${hostPort(endpoint)}, but it could not be attached to: ${messageOf(error)}; ` +
      "the program's end closes it, or require('node:inspector').close() inside the program",
    { cause: error },
  );
}

interface Search {
  readonly target: KnownProcess;
  /** Addresses that are not those of this process's inspector. */
  readonly others: Set<string>;
  readonly timeoutMs: number | undefined;
  readonly soonFree: SoonFree;
}

/** @param isTaken another process had the port when the process was asked */
async function untilOpen(search: Search, isTaken: boolean): Promise<Connection> {
  const { target, timeoutMs = OPENING_TIMEOUT_MS, soonFree } = search;
  const looksAt = performance.now() + TAKEN_PORT_MS;
  let deadline = performance.now() + timeoutMs;
  let wasTaken = isTaken;
  let asks = 1;
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    if (!isStillThere(target)) throw new ConnectError(`${target.label} ended when it was asked to open its inspector (SIGUSR1)`);
    const connection = await connectAmong(await listenersOf(target), search);
    if (connection) return connection;
    if (performance.now() < looksAt) continue;
    const holder = await otherHolderOfPort(target);
    if (holder !== null && !soonFree(holder.pid))
      throw new ConnectError(`${target.label} could not open its inspector: ${holder.text}; end that one first`);
    const isAskedAgain = wasTaken && holder === null && asks < MOST_ASKS;
    if (isAskedAgain) {
      asks++;
      await askForInspector(target);
    }
    if (isAskedAgain || holder?.pid != null) deadline = performance.now() + timeoutMs; // the time with the port taken does not count
    wasTaken = holder !== null;
  }
  refuseIfStopped(target);
  throw new ConnectError(
    `${target.label} was sent SIGUSR1 and opened no inspector in time: it has a handler of its own for this signal, which has run instead, ` +
      'or its port is taken, or it is in native code for long (if its inspector opens within a minute, it is closed again); start it with --inspect=127.0.0.1:0 instead',
  );
}

/** Opens a conversation with the process at the one of these addresses that is its inspector; null if none is. */
async function connectAmong(addresses: readonly Listener[], { target, others, timeoutMs }: Search): Promise<Connection | null> {
  const asked = addresses.filter((address) => !others.has(hostPort(address)));
  const endpoints = await Promise.all(asked.map((address) => inspectorAmong([address]))); // asked at the same time, because another kind of server may never answer
  for (const [index, endpoint] of endpoints.entries()) {
    if (!endpoint) continue;
    try {
      const connection = await openConnectionTo(target.ownPid, endpoint, timeoutMs);
      if (connection) return connection;
      others.add(hostPort(asked[index]!));
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error; // a ConnectError: the inspector has closed since
    }
  }
  return null;
}
