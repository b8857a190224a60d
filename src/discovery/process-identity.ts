import { execFileSync } from 'node:child_process';
import { basename } from 'node:path';
import { ConnectError, UsageError } from '../errors.js';
import { errorCode } from '../protocol/error-text.js';
import { hasProc, type ProcFacts, readProc } from './proc.js';

/** A process as it can be looked at from outside. */
export interface KnownProcess {
  readonly pid: number;
  /** What its `process.pid` says. */
  readonly ownPid: number;
  /** For messages: `process 4711 (node)`. */
  readonly label: string;
  /** null where there is no /proc. */
  readonly facts: ProcFacts | null;
}

/** @throws UsageError where `pid` can be none, or is ours */
export function checkPid(pid: number): void {
  if (!Number.isInteger(pid) || pid < 1 || pid > 0x7fff_ffff) {
    throw new UsageError(`${String(pid)} is no pid: a pid is a whole number of at least 1`);
  }
  if (pid === process.pid) throw new UsageError(`${pid} is the pid of this process; use attachSelf()`);
}

/** Whether there is such a process and signals of ours reach it. */
export function isOurs(pid: number): boolean {
  return reachOf(pid) === 'ours';
}

/** @throws ConnectError where there is no such process, it is a thread, or it is not ours */
export function lookAt(pid: number): KnownProcess {
  const reach = reachOf(pid);
  const facts = hasProc() ? readProc(pid) : null;
  if (reach === 'none' || (hasProc() && facts === null)) {
    throw new ConnectError(`no process has the pid ${pid}; tracemalloc list shows the Node processes of this machine`);
  }
  if (facts && facts.ofProcess !== pid) {
    throw new ConnectError(`${pid} is a thread of process ${facts.ofProcess}; attach to ${facts.ofProcess}`);
  }
  if (reach === 'foreign') throw new ConnectError(`process ${pid} belongs to another user; attach as that user, or as root`);
  const name = facts ? facts.executable && basename(facts.executable) : nameByPs(pid);
  return { pid, ownPid: facts?.ownPid ?? pid, label: name ? `process ${pid} (${name})` : `process ${pid}`, facts };
}

/** Whether it is still the process that was looked at: a pid is given again some time after its process has ended. */
export function isStillThere({ pid, facts }: KnownProcess): boolean {
  if (facts === null) return isOurs(pid);
  const now = readProc(pid);
  return now !== null && now.startTime === facts.startTime && now.state !== 'Z';
}

/** The name of its program, where there is no /proc. */
function nameByPs(pid: number): string {
  try {
    return basename(execFileSync('ps', ['-o', 'comm=', '-p', `${pid}`], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
  } catch {
    return ''; // no ps, as on Windows, or the process is gone
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
