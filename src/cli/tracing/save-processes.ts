import { basename } from 'node:path';
import { totalOf } from '../../model/column-totals.js';
import { messageOf } from '../../protocol/error-text.js';
import { type ProcessRow, processTree } from '../../report/text/process-tree-lines.js';
import { mergeSnapshots, type NamedSnapshot } from '../../snapshot/merge.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { type Console, writeLines } from '../console/console.js';
import { saveSnapshot } from '../output/print-results.js';

/** What became of one process of a program. */
export interface ProcessOutcome extends Omit<ProcessRow, 'size' | 'note' | 'command'> {
  /** The script, then its arguments. */
  readonly command: readonly string[];
  readonly snapshot: Snapshot | null;
  /** Names the snapshot if it was taken before the end of the process. */
  readonly earlier: string | null;
  readonly atHeapLimit: boolean;
  /** Why there is no snapshot, or only an earlier one. */
  readonly error: unknown;
}

interface Saving {
  /** The beginning of the names of files; null: nothing is saved. */
  readonly output: string | null;
  readonly console: Console;
  /** A process that only started the others. */
  readonly starter?: Pick<ProcessOutcome, 'pid' | 'command'> | null;
}

/**
 * Saves the snapshot of each process as FILE.PID, or as FILE.PID.2 if the system has reused the pid, and prints the tree of processes.
 *
 * @returns one snapshot of all; null if there is none
 */
export function saveProcesses(outcomes: readonly ProcessOutcome[], { output, console, starter = null }: Saving): Snapshot | null {
  const named: NamedSnapshot[] = [];
  const saved = new Map<number, number>(); // how many were saved by pid: in a long run the system may reuse a pid
  for (const { pid, command, snapshot } of outcomes) {
    if (snapshot === null) continue;
    const nth = (saved.get(pid) ?? 0) + 1;
    saved.set(pid, nth);
    if (output !== null) saveSnapshot(snapshot, [output, pid, ...(nth === 1 ? [] : [nth])].join('.'), console);
    named.push({ name: [pid, ...scriptOf(command)].join(' '), snapshot });
  }
  const rows = [...(starter ? [starterRow(starter.pid, starter.command)] : []), ...outcomes.map(rowOf)];
  writeLines(console.err, ['', `${rows.length} processes:`, ...processTree(rows), '']);
  return named.length === 0 ? null : mergeSnapshots(named);
}

const LONGEST_COMMAND = 60;

/** `node --test` and `node --watch` run only code of Node. */
function starterRow(pid: number, command: readonly string[]): ProcessRow {
  return { pid, parentPid: pid, command: shown(command), size: null, note: 'not traced: it only starts the others' };
}

function rowOf({ snapshot, earlier, atHeapLimit, error, command, ...process }: ProcessOutcome): ProcessRow {
  const row = { ...process, command: shown(command) };
  const reason = error == null ? 'it was killed before it could be asked' : messageOf(error);
  if (snapshot === null) return { ...row, size: null, note: `no snapshot: ${reason}` };
  const note = earlier !== null ? `${earlier} of ${snapshot.capture.time}: ${reason}` : atHeapLimit ? 'at its heap limit' : '';
  return { ...row, size: totalOf(snapshot.columns).size, note };
}

function shown(command: readonly string[]): string {
  const whole = [...scriptOf(command), ...command.slice(1)].join(' ');
  return whole.length > LONGEST_COMMAND ? `${whole.slice(0, LONGEST_COMMAND)}...` : whole;
}

/** The script without its folder. Empty if the process has no script (`node -e`). */
function scriptOf([script]: readonly string[]): string[] {
  return script === undefined ? [] : [basename(script)];
}
