import type { Endpoint } from './discovery.js';
import { discover } from './discovery.js';
import { listeningNodeProcesses } from './proc.js';

/** A Node program of this machine whose inspector is open. */
export interface Inspectable {
  /** null where the system does not tell whose port it is. */
  readonly pid: number | null;
  readonly endpoint: Endpoint;
}

/** On this machine a program that can answer does so at once. */
const PROBE_TIMEOUT_MS = 1_000;

/** Node's default port and its neighbours, which people give to the second and third program. */
const USUAL_PORTS = Array.from({ length: 21 }, (_, index) => 9229 + index);

/**
 * The inspectable Node programs of this machine and this user, by pid and port. On Linux the sockets of our own Node processes are asked
 * with one GET /json/version each (the usual ports first, and none after the inspector is found), elsewhere the usual ports.
 */
export async function listInspectable(): Promise<Inspectable[]> {
  const processes = await listeningNodeProcesses();
  const found =
    processes === null
      ? await Promise.all(USUAL_PORTS.map((port) => firstInspector(null, [{ host: '127.0.0.1', port }])))
      : await Promise.all(processes.map(({ pid, addresses }) => firstInspector(pid, addresses)));
  return found.filter((one) => one !== null).sort((a, b) => (a.pid ?? 0) - (b.pid ?? 0) || a.endpoint.port - b.endpoint.port);
}

async function firstInspector(pid: number | null, addresses: { host: string; port: number }[]): Promise<Inspectable | null> {
  const likelyFirst = [...addresses].sort((a, b) => Number(USUAL_PORTS.includes(b.port)) - Number(USUAL_PORTS.includes(a.port)));
  for (const address of likelyFirst) {
    try {
      return { pid, endpoint: await discover(address, { timeoutMs: PROBE_TIMEOUT_MS }) };
    } catch {
      // Most ports are no inspectors: that is the answer, not a failure.
    }
  }
  return null;
}
