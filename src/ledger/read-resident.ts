import { readFile, readlink } from 'node:fs/promises';
import { asItsUser } from '../discovery/other-users.js';
import { parseStatus, statusField } from '../discovery/proc.js';
import { ConnectionLostError } from '../errors.js';
import { errorCode } from '../protocol/error-text.js';
import { memoryOfRss, memoryOfStatus, type ResidentMemory, residentMemory } from './resident-memory.js';

export interface ResidentReading {
  readonly resident: ResidentMemory;
  /** What the reader must know if not everything could be read; null if it could. */
  readonly note: string | null;
}

const ONLY_V8 =
  'so only what V8 and Node say can be told apart, and the row malloc contains all of the rest: code, libraries, stacks, files';

/**
 * Reads what the kernel says of the memory of a process: all mappings, or its totals if only these may be read.
 *
 * @param pid as this machine knows it; null if it may be on another one
 * @param rss what the process says itself; null if it does not
 * @throws ConnectionLostError if the process has ended
 */
export async function readResident(pid: number | null, rss: number | null): Promise<ResidentReading> {
  if (pid === null)
    return ofProgram(
      rss,
      `the process was not found on this machine: it is on another one, in another container or of another user, ${ONLY_V8}`,
    );
  if (process.platform !== 'linux') return ofProgram(rss, `${process.platform} does not tell what a process has in memory, ${ONLY_V8}`);
  try {
    const smaps = await readFile(`/proc/${pid}/smaps`, 'latin1');
    // A process that has ended, and whose parent does not know yet, has no mappings.
    if (smaps === '') throw ended(pid);
    return { resident: residentMemory(smaps, await executableOf(pid)), note: null };
  } catch (error) {
    if (error instanceof ConnectionLostError) throw error;
    if (!isForbidden(error)) throw ended(pid, error);
    return await ofStatus(pid, rss);
  }
}

async function ofStatus(pid: number, rss: number | null): Promise<ResidentReading> {
  let status: string;
  try {
    status = await readFile(`/proc/${pid}/status`, 'latin1');
  } catch (error) {
    if (!isForbidden(error)) throw ended(pid, error);
    return ofProgram(rss, `/proc/${pid} may not be read, ${ONLY_V8}`);
  }
  const bytes = (name: string) => 1024 * Number.parseInt(statusField(status, name), 10);
  const totals = { anonymous: bytes('RssAnon'), files: bytes('RssFile'), shared: bytes('RssShmem') };
  if (Object.values(totals).some(Number.isNaN)) return ofProgram(rss, `/proc/${pid}/smaps may not be read, ${ONLY_V8}`);
  return {
    resident: memoryOfStatus(totals),
    note: `/proc/${pid}/smaps may not be read, so that the row binary contains libraries and mapped files, and the row malloc stacks; run the command ${asItsUser(parseStatus(status))} for all rows`,
  };
}

function ofProgram(rss: number | null, note: string): ResidentReading {
  return { resident: memoryOfRss(rss ?? 0), note };
}

/** null if we may not know it. */
async function executableOf(pid: number): Promise<string | null> {
  try {
    return (await readlink(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  } catch {
    return null;
  }
}

function isForbidden(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes(errorCode(error) ?? '');
}

function ended(pid: number, cause?: unknown): ConnectionLostError {
  return new ConnectionLostError(`process ${pid} ended while its memory was read`, { cause });
}
