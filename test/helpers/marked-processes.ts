import { readdirSync, readFileSync } from 'node:fs';

/** Lists the other processes (pid and command) whose environment contains `mark`, on Linux. */
export function markedProcesses(mark: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    if (!read(`/proc/${pid}/environ`).includes(mark)) return [];
    return [`${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}`];
  });
}

/** Empty if the process has ended or belongs to another user. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
