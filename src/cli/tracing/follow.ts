import { basename } from 'node:path';
import { totalOf } from '../../model/column-totals.js';
import { messageOf } from '../../protocol/error-text.js';
import { type ProcessRow, processTree } from '../../report/text/process-tree-lines.js';
import { mergeSnapshots, type NamedSnapshot } from '../../snapshot/merge.js';
import type { Exit, LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import { type Console, writeLines } from '../console/console.js';
import { saveSnapshot } from '../output/print-results.js';
import type { Earlier } from './last-snapshot.js';

interface Outcome extends Omit<ProcessRow, 'size' | 'note' | 'command'> {
  /** The script, then its arguments. */
  readonly command: readonly string[];
  readonly snapshot: Exit['snapshot'];
  /** Names the snapshot if it was taken before the end of the process. */
  readonly earlier: string | null;
  readonly atHeapLimit: boolean;
  readonly error: unknown;
}

interface Gathering {
  readonly script: string;
  readonly args: readonly string[];
  readonly output: string;
  readonly console: Console;
  readonly takeEarlier: (pid: number) => Earlier | null;
}

/**
 * Call it when the program has ended. Saves the snapshot of each process as FILE.PID, or as FILE.PID.2 if the system has reused the pid, and
 * prints the tree of processes. If there is only one process, and we started it directly, nothing is saved or printed.
 *
 * @returns the program's exit with the snapshots of all processes merged into one
 */
export async function gatherProcesses(
  tracer: LaunchedTracer,
  exit: Exit,
  { script, args, output, console, takeEarlier }: Gathering,
): Promise<Exit> {
  await tracer.leaveProcesses();
  const { starter, processes, untracedProcesses } = tracer;
  if (processes.length + untracedProcesses.length === 0 && starter === null) return exit;
  const outcomeOf = (
    process: Pick<Outcome, 'pid' | 'parentPid' | 'command'>,
    end: Pick<Exit, 'snapshot' | 'atHeapLimit' | 'error'>,
  ): Outcome => {
    const { snapshot, atHeapLimit, error } = end;
    const earlier = snapshot ? null : takeEarlier(process.pid);
    return { ...process, snapshot: snapshot ?? earlier?.snapshot ?? null, earlier: earlier?.name ?? null, atHeapLimit, error };
  };
  const command = starter?.argv.slice(1) ?? [script, ...args];
  const outcomes = [outcomeOf({ pid: tracer.pid, parentPid: starter?.pid ?? tracer.pid, command }, exit)];
  for (const { pid, parentPid, argv, tracer: one, problem } of processes) {
    const closing = await one.closed;
    outcomes.push(outcomeOf({ pid, parentPid, command: argv.slice(1) }, { ...closing, error: (await problem) ?? closing.error }));
  }
  for (const { pid, parentPid, argv, problem } of untracedProcesses) {
    outcomes.push(outcomeOf({ pid, parentPid, command: argv.slice(1) }, { snapshot: null, atHeapLimit: false, error: problem }));
  }
  const named: NamedSnapshot[] = [];
  const saved = new Map<number, number>(); // how many were saved by pid: in a long run the system may reuse a pid
  for (const { pid, command, snapshot } of outcomes) {
    if (snapshot === null) continue;
    const nth = (saved.get(pid) ?? 0) + 1;
    saved.set(pid, nth);
    saveSnapshot(snapshot, [output, pid, ...(nth === 1 ? [] : [nth])].join('.'), console);
    named.push({ name: [pid, ...scriptOf(command)].join(' '), snapshot });
  }
  const rows = [...(starter ? [starterRow(starter.pid, [script, ...args])] : []), ...outcomes.map(rowOf)];
  writeLines(console.err, ['', `${rows.length} processes:`, ...processTree(rows), '']);
  return { ...exit, snapshot: named.length === 0 ? null : mergeSnapshots(named) };
}

const LONGEST_COMMAND = 60;

/** `node --test` and `node --watch` run only code of Node. */
function starterRow(pid: number, command: readonly string[]): ProcessRow {
  return { pid, parentPid: pid, command: shown(command), size: null, note: 'not traced: it only starts the others' };
}

function rowOf({ snapshot, earlier, atHeapLimit, error, command, ...process }: Outcome): ProcessRow {
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
