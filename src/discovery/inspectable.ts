import { basename } from 'node:path';
import { discover, type Endpoint } from './discovery.js';
import { NodeBinaries } from './node-binary.js';
import { hasProc, listPids, openFilesOf, type ProcFacts, readProc } from './proc.js';
import { type Listener, readSocketTable, type SocketRow } from './socket-table.js';

/** A Node process of this machine. */
export interface NodeProcess {
  /** null where the system does not tell whose port it is. */
  readonly pid: number | null;
  /** The script's path; the command line of a process without an inspector, or its title. */
  readonly title: string;
  readonly nodeVersion: string | null;
  /** null: no inspector is open. */
  readonly endpoint: Endpoint | null;
  /** null where it cannot be told. */
  readonly workers: number | null;
}

/** The name (`argv[0]`) of the processes that we start for ourselves. */
export const OWN_PROCESS = 'tracemalloc-caretaker';

/** On this machine a program that can answer does so at once. */
const PROBE_TIMEOUT_MS = 1_000;

/** Node's default port and its neighbours, which people give to the second and third program. */
const USUAL_PORTS = Array.from({ length: 21 }, (_, index) => 9229 + index);

/** Where an inspector may be when nothing tells which process listens where. */
export const USUAL_ADDRESSES: readonly Listener[] = USUAL_PORTS.map((port) => ({ host: '127.0.0.1', port }));

/**
 * The Node processes of this machine that we may look into, by pid and port. On Linux the sockets of each are asked with one GET
 * /json/version (the usual ports first, and none after the inspector is found); elsewhere only the inspectors on the usual ports are found.
 */
export async function listNodeProcesses(): Promise<NodeProcess[]> {
  const found = hasProc() ? await processesOfProc() : await processesOfUsualPorts();
  return found
    .filter((one) => one !== null)
    .sort((a, b) => (a.pid ?? 0) - (b.pid ?? 0) || (a.endpoint?.port ?? 0) - (b.endpoint?.port ?? 0));
}

async function processesOfUsualPorts(): Promise<(NodeProcess | null)[]> {
  return Promise.all(
    USUAL_ADDRESSES.map(async (address) => {
      const endpoint = await inspectorAmong([address]);
      return endpoint && { pid: null, title: endpoint.title, nodeVersion: endpoint.nodeVersion, endpoint, workers: null };
    }),
  );
}

async function processesOfProc(): Promise<(NodeProcess | null)[]> {
  const pids = (await listPids()).filter((pid) => pid !== process.pid);
  const looked = (await Promise.all(pids.map(lookAtNode))).filter((one) => one !== null);
  // After the files, so that each socket among them is in it.
  const sockets = (await readSocketTable('listening')) ?? [];
  const binaries = new NodeBinaries();
  return Promise.all(looked.map((one) => nodeProcess(one, { sockets, binaries })));
}

interface LookedAt {
  readonly facts: ProcFacts;
  readonly files: readonly string[];
}

async function lookAtNode(pid: number): Promise<LookedAt | null> {
  const facts = readProc(pid);
  // The title is the program's to choose, the executable is not.
  if (facts?.executable == null || !/^node(js)?\b/.test(basename(facts.executable)) || facts.argv[0] === OWN_PROCESS) return null;
  const files = await openFilesOf(pid);
  return files && { facts, files };
}

interface Surroundings {
  readonly sockets: readonly SocketRow[];
  readonly binaries: NodeBinaries;
}

async function nodeProcess({ facts, files }: LookedAt, { sockets, binaries }: Surroundings): Promise<NodeProcess> {
  const { pid, argv, sharesNetwork, state } = facts;
  const endpoint = await inspectorAmong(sharesNetwork ? listenersAmong(files, sockets) : []);
  return {
    pid,
    title: endpoint?.title || [basename(argv[0] ?? ''), ...argv.slice(1)].join(' '),
    nodeVersion: endpoint?.nodeVersion ?? (await binaries.versionOf(pid)),
    endpoint,
    // Whether an inspector is open is not known of a program that cannot answer.
    workers: sharesNetwork && state !== 'T' ? workersAmong(files, { hasInspector: endpoint !== null }) : null,
  };
}

/** What a process listens on, by its open files. */
export function listenersAmong(files: readonly string[], sockets: readonly SocketRow[]): Listener[] {
  const own = new Set(files);
  return sockets.filter(({ name }) => own.has(name)).map(({ local }) => local);
}

/** The inspector at one of these addresses of a process, if one answers. */
export async function inspectorAmong(addresses: readonly Listener[]): Promise<Endpoint | null> {
  const likelyFirst = [...addresses].sort((a, b) => Number(USUAL_PORTS.includes(b.port)) - Number(USUAL_PORTS.includes(a.port)));
  for (const address of likelyFirst) {
    try {
      return await discover(address, { timeoutMs: PROBE_TIMEOUT_MS });
    } catch {
      // Most ports are no inspectors: that is the answer, not a failure.
    }
  }
  return null;
}

/**
 * Every worker has an event loop of its own, and each loop one epoll file; Node itself has three, and an open inspector a fourth. Measured on
 * 18 to 26, with and without files, sockets, children and a thread pool. The thread of `module.register` hooks counts as a worker.
 */
const OWN_LOOPS = 3;

function workersAmong(files: readonly string[], { hasInspector }: { hasInspector: boolean }): number {
  const loops = files.filter((file) => file === 'anon_inode:[eventpoll]').length;
  return Math.max(0, loops - OWN_LOOPS - Number(hasInspector));
}
