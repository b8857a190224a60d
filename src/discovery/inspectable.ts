import { basename } from 'node:path';
import { discover, type Endpoint } from './discovery.js';
import { NodeBinaries } from './node-binary.js';
import { hasProc, listPids, openFilesOf, type ProcFacts, readProc } from './proc.js';
import { type Listener, readSocketTable, type SocketRow } from './socket-table.js';

/** A Node process of this machine. */
export interface NodeProcess {
  /** null if the system does not say which process listens on the port. */
  readonly pid: number | null;
  /** The script's path. Without an inspector, the command line of the process or its title. */
  readonly title: string;
  readonly nodeVersion: string | null;
  /** null if no inspector is open. */
  readonly endpoint: Endpoint | null;
  /** null if unknown. */
  readonly workers: number | null;
}

/** The name (`argv[0]`) of our own helper processes. */
export const OWN_PROCESS = 'tracemalloc-caretaker';

/** A program on this machine that can answer does so at once. */
const PROBE_TIMEOUT_MS = 1_000;

/** Node's default port and its neighbours, which people give to the second and third program. */
const USUAL_PORTS = Array.from({ length: 21 }, (_, index) => 9229 + index);

/** Where to look for inspectors if the system does not say which process listens on which port. */
export const USUAL_ADDRESSES: readonly Listener[] = USUAL_PORTS.map((port) => ({ host: '127.0.0.1', port }));

/**
 * The Node processes of this machine that we may inspect, sorted by pid and port. On Linux each listening socket of a process gets one GET
 * /json/version, usual ports first, until its inspector is found. Elsewhere only inspectors on the usual ports are found.
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
  // Read after the open files, so that the table has every socket among them.
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
  // The program may choose its title, but not its executable.
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
    // A stopped program cannot answer, so we cannot know whether its inspector is open, and the count of workers depends on that.
    workers: sharesNetwork && state !== 'T' ? workersAmong(files, { hasInspector: endpoint !== null }) : null,
  };
}

/** The addresses on which a process listens, from its open files. */
export function listenersAmong(files: readonly string[], sockets: readonly SocketRow[]): Listener[] {
  const own = new Set(files);
  return sockets.filter(({ name }) => own.has(name)).map(({ local }) => local);
}

/** The inspector at one of a process's addresses, if one answers. */
export async function inspectorAmong(addresses: readonly Listener[]): Promise<Endpoint | null> {
  const likelyFirst = [...addresses].sort((a, b) => Number(USUAL_PORTS.includes(b.port)) - Number(USUAL_PORTS.includes(a.port)));
  for (const address of likelyFirst) {
    try {
      return await discover(address, { timeoutMs: PROBE_TIMEOUT_MS });
    } catch {
      // Most ports are no inspectors, so a failure here is an answer.
    }
  }
  return null;
}

/**
 * Every worker has its own event loop, and each loop has one epoll file. Node itself has three such files, and an open inspector adds a
 * fourth. Measured on 18 to 26, with and without files, sockets, children and a thread pool. The thread of `module.register` hooks counts
 * as a worker.
 */
const OWN_LOOPS = 3;

function workersAmong(files: readonly string[], { hasInspector }: { hasInspector: boolean }): number {
  const loops = files.filter((file) => file === 'anon_inode:[eventpoll]').length;
  return Math.max(0, loops - OWN_LOOPS - Number(hasInspector));
}
