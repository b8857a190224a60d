import { readdirSync, readFileSync } from 'node:fs';

/** The processes beside this one whose environment has `mark` in it, as Linux lists them: pid and command. */
export function markedProcesses(mark: string): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  return pids.flatMap((pid) => {
    if (!read(`/proc/${pid}/environ`).includes(mark)) return [];
    return [`${pid} ${read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim()}`];
  });
}

/** Empty for a process that has ended, or is another user's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
