import { readdirSync, readFileSync } from 'node:fs';
import { hasProc } from '../../discovery/proc.js';

/** The variable in the environment of a program that we start. Its preload removes it before the program runs. */
export const MARK = 'NODE_TRACEMALLOC_LAUNCH';

/** The controller may be killed in the middle of the fork. The new process has its own environment somewhat later. */
const PATIENCE_MS = 2_000;
const POLL_MS = 50;

/**
 * Ends a program that has not run a line, for a controller that was killed while it started it. If the controller did not learn the pid any more, the
 * program is found by its mark.
 */
export async function endStartingProgram({ pid, mark }: { readonly pid: number | null; readonly mark: string }): Promise<void> {
  if (!hasProc()) {
    if (pid !== null) kill(pid);
    return;
  }
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const marked = markedProcesses(`${MARK}=${mark}`);
    for (const each of marked) kill(each);
    if (marked.length > 0 || (pid !== null && !isThere(pid)) || performance.now() > deadline) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function markedProcesses(entry: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && environmentOf(name).includes(entry))
    .map(Number);
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return []; // it has ended, or belongs to another user
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
