import { listed } from '../text/listing.js';
import type { ProcFacts } from './proc.js';
import type { RunningProgram } from './running-programs.js';

/** What to do if we may not inspect a process: root may inspect all processes, but in most containers it lacks the capability for that. */
export function asItsUser({ uid }: Pick<ProcFacts, 'uid'>): string {
  const user = `as user ${uid}`;
  if (process.geteuid?.() !== 0) return `${user}, or as root`;
  return uid === 0 ? 'with the capability SYS_PTRACE' : `${user} (docker exec --user ${uid}, or su), or with the capability SYS_PTRACE`;
}

/** One line about Node processes that the list leaves out. */
export function hiddenNotice(hidden: readonly [RunningProgram, ...RunningProgram[]]): string {
  const pids = listed(
    hidden.map(({ pid }) => `${pid}`),
    'and',
  );
  const processes = hidden.length === 1 ? `the Node process ${pids}` : `the Node processes ${pids}`;
  return `${processes} cannot be inspected; run the command ${asItsUser(hidden[0].facts)}`;
}
