import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { ConnectError, UsageError } from '../errors.js';
import { errorCode } from '../protocol/error-text.js';
import { asItsUser } from './other-users.js';
import { hasProc, type ProcFacts, readProc, readProcOf } from './proc.js';

/** A process as seen from outside. */
export interface KnownProcess {
  readonly pid: number;
  /** Its own `process.pid`, which differs in another pid namespace. */
  readonly ownPid: number;
  /** For messages: `process 4711 (node)`. */
  readonly label: string;
  /** null without /proc. */
  readonly facts: ProcFacts | null;
}

/** @throws UsageError if `pid` cannot be a pid, or is our own */
export function checkPid(pid: number): void {
  if (!Number.isInteger(pid) || pid < 1 || pid > 0x7fff_ffff) {
    throw new UsageError(`${String(pid)} is not a pid: a pid is a whole number of at least 1`);
  }
  if (pid === process.pid) throw new UsageError(`${pid} is the pid of this process; use attachSelf()`);
}

/** Whether the process exists and we may send it signals. */
export function isOurs(pid: number): boolean {
  return reachOf(pid) === 'ours';
}

/** @throws ConnectError if the process does not exist, is only a thread, or belongs to another user */
export function lookAt(pid: number): KnownProcess {
  const reach = reachOf(pid);
  const facts = hasProc() ? readProc(pid) : null;
  if (reach === 'none' || (hasProc() && facts === null)) {
    throw new ConnectError(`no process has the pid ${pid}; tracemalloc list shows the Node processes of this machine`);
  }
  if (facts && facts.ofProcess !== pid) {
    throw new ConnectError(`${pid} is a thread of process ${facts.ofProcess}; attach to ${facts.ofProcess}`);
  }
  if (reach === 'foreign') {
    throw new ConnectError(`process ${pid} belongs to another user; attach ${facts ? asItsUser(facts) : 'as that user, or as root'}`);
  }
  const name = facts ? facts.executable && basename(facts.executable) : nameByPs(pid);
  return { pid, ownPid: facts?.ownPid ?? pid, label: name ? `process ${pid} (${name})` : `process ${pid}`, facts };
}

/** Whether the pid still belongs to the process that was looked at. Some time after a process has ended, its pid is used again. */
export function isStillThere({ pid, facts }: KnownProcess): boolean {
  if (facts === null) return isOurs(pid);
  return readProcOf(pid, facts.startTime) !== null;
}

/** The name of the program, on systems without /proc. */
function nameByPs(pid: number): string {
  try {
    return basename(execFileSync('ps', ['-o', 'comm=', '-p', `${pid}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
  } catch {
    return ''; // no ps, as on Windows, or the process has ended
  }
}

function reachOf(pid: number): 'ours' | 'foreign' | 'none' {
  try {
    process.kill(pid, 0);
    return 'ours';
  } catch (error) {
    return errorCode(error) === 'EPERM' ? 'foreign' : 'none';
  }
}
