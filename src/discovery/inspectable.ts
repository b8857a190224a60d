import { pathOfFileUrl } from '../text/file-urls.js';
import { discover, type Endpoint } from './discovery.js';
import { NodeBinaries } from './node-binary.js';
import { ageOf, hasProc, openFilesOf } from './proc.js';
import type { KnownProcess } from './process-identity.js';
import { type RunningProgram, runningPrograms } from './running-programs.js';
import { type Listener, readSocketTable, type SocketRow } from './socket-table.js';

/** A Node process of this machine. What only Linux tells is null or empty elsewhere. */
export interface NodeProcess extends Pick<RunningProgram, 'script' | 'args' | 'title' | 'launcher' | 'parent' | 'programs'> {
  /** null if the system does not say which process listens on the port. */
  readonly pid: number | null;
  /** Resident memory, in bytes. */
  readonly rss: number | null;
  /** In seconds. */
  readonly uptime: number | null;
  readonly nodeVersion: string | null;
  /** null if no inspector is open. */
  readonly endpoint: Endpoint | null;
  /** null if unknown. */
  readonly workers: number | null;
}

/** A program on this machine that can answer does so at once. */
const PROBE_TIMEOUT_MS = 1_000;

/** Node's default port and its neighbours, which people give to the second and third program. */
const USUAL_PORTS = Array.from({ length: 21 }, (_, index) => 9229 + index);

/** Where to look for inspectors if the system does not say which process listens on which port. */
export const USUAL_ADDRESSES: readonly Listener[] = USUAL_PORTS.map((port) => ({ host: '127.0.0.1', port }));

export interface NodeProcesses {
  /** Those that we may inspect, by pid and port. */
  readonly processes: readonly NodeProcess[];
  /** Those that we may not inspect. */
  readonly hidden: readonly RunningProgram[];
}

/**
 * The Node processes of this machine. On Linux each listening socket of a process gets one GET /json/version, usual ports first, until its inspector is
 * found. Elsewhere only inspectors on the usual ports are found.
 */
export async function listNodeProcesses(): Promise<NodeProcesses> {
  const programs = hasProc() ? await runningPrograms() : [];
  const hidden = programs.filter(({ facts }) => facts.executable === null);
  const found = hasProc() ? await processesOfProc(programs.filter((one) => !hidden.includes(one))) : await processesOfUsualPorts();
  const processes = found
    .filter((one) => one !== null)
    .sort((a, b) => (a.pid ?? 0) - (b.pid ?? 0) || (a.endpoint?.port ?? 0) - (b.endpoint?.port ?? 0));
  return { processes, hidden };
}

async function processesOfUsualPorts(): Promise<(NodeProcess | null)[]> {
  return Promise.all(
    USUAL_ADDRESSES.map(async (address) => {
      const endpoint = await inspectorAmong([address]);
      return endpoint && { ...UNKNOWN, ...named(endpoint), endpoint, nodeVersion: endpoint.nodeVersion };
    }),
  );
}

/** What only /proc tells. */
const UNKNOWN = { pid: null, args: [], launcher: null, parent: null, programs: [], rss: null, uptime: null, workers: null } as const;

/** The inspector tells the path of the script, which the process may have hidden behind a title of its own. */
function named({ url, title }: Endpoint): Pick<NodeProcess, 'script' | 'title'> {
  const script = url.startsWith('file:///') ? pathOfFileUrl(url) : null;
  return { script, title: title || (script ?? '') };
}

async function processesOfProc(programs: readonly RunningProgram[]): Promise<(NodeProcess | null)[]> {
  const looked = await Promise.all(programs.map(async (program) => ({ program, files: await openFilesOf(program.pid) })));
  // Read after the open files, so that the table has every socket among them.
  const sockets = (await readSocketTable('listening')) ?? [];
  const binaries = new NodeBinaries();
  return Promise.all(looked.map(({ program, files }) => (files ? nodeProcess({ program, files }, { sockets, binaries }) : null)));
}

interface LookedAt {
  readonly program: RunningProgram;
  readonly files: readonly string[];
}

interface Surroundings {
  readonly sockets: readonly SocketRow[];
  readonly binaries: NodeBinaries;
}

/** null for an executable that is only called as Node is. */
async function nodeProcess({ program, files }: LookedAt, { sockets, binaries }: Surroundings): Promise<NodeProcess | null> {
  const { facts, ...known } = program;
  const endpoint = await inspectorAmong(facts.sharesNetwork ? listenersAmong(files, sockets) : []);
  const nodeVersion = endpoint?.nodeVersion ?? (await binaries.versionOf(facts.pid));
  if (nodeVersion === null) return null;
  return {
    ...known,
    script: known.script ?? (endpoint && named(endpoint).script),
    rss: facts.rss,
    uptime: ageOf(facts),
    nodeVersion,
    endpoint,
    // A stopped program cannot answer, so we cannot know whether its inspector is open, and the count of workers depends on that.
    workers: facts.sharesNetwork && facts.state !== 'T' ? workersAmong(files, { hasInspector: endpoint !== null }) : null,
  };
}

/** The addresses on which a process listens, from its open files. */
export function listenersAmong(files: readonly string[], sockets: readonly SocketRow[]): Listener[] {
  const own = new Set(files);
  return sockets.filter(({ name }) => own.has(name)).map(({ local }) => local);
}

/** The addresses at which a process listens; without /proc, all at which an inspector may be. */
export async function listenersOf({ pid, facts }: Pick<KnownProcess, 'pid' | 'facts'>): Promise<readonly Listener[]> {
  if (facts === null) return USUAL_ADDRESSES;
  const files = (await openFilesOf(pid)) ?? [];
  return facts.sharesNetwork ? listenersAmong(files, (await readSocketTable('listening')) ?? []) : [];
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
