import { basename } from 'node:path';
import { totalOf } from '../../model/column-totals.js';
import { messageOf } from '../../protocol/error-text.js';
import { type ProcessRow, processTree } from '../../report/text/process-tree-lines.js';
import { mergeSnapshots, type NamedSnapshot } from '../../snapshot/merge.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { Exit, LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import { type Console, writeLines } from '../console/console.js';
import { saveSnapshot } from '../output/print-results.js';

interface Outcome extends Omit<ProcessRow, 'size' | 'note' | 'command'> {
  /** The script, then its arguments. */
  readonly command: readonly string[];
  readonly snapshot: Exit['snapshot'];
  /** `snapshot` is from before its end. */
  readonly isCheckpoint: boolean;
  readonly atHeapLimit: boolean;
  readonly error: unknown;
}

interface Gathering {
  readonly script: string;
  readonly args: readonly string[];
  readonly output: string;
  readonly console: Console;
  readonly takeCheckpoint: (pid: number) => Snapshot | null;
}

/**
 * Once the program has ended: saves the snapshot of each process as FILE.PID (FILE.PID.2 where the system has given a pid again), prints the tree of processes, and gives what all of them held as one
 * snapshot. Where there is but one process, its own.
 */
export async function gatherProcesses(
  tracer: LaunchedTracer,
  exit: Exit,
  { script, args, output, console, takeCheckpoint }: Gathering,
): Promise<Exit> {
  await tracer.leaveProcesses();
  if (tracer.processes.length === 0) return exit;
  const outcomeOf = (
    process: Pick<Outcome, 'pid' | 'parentPid' | 'command'>,
    end: Pick<Exit, 'snapshot' | 'atHeapLimit' | 'error'>,
  ): Outcome => {
    const { snapshot, atHeapLimit, error } = end;
    const checkpoint = snapshot ? null : takeCheckpoint(process.pid);
    return { ...process, snapshot: snapshot ?? checkpoint, isCheckpoint: checkpoint !== null, atHeapLimit, error };
  };
  const outcomes = [outcomeOf({ pid: tracer.pid, parentPid: tracer.pid, command: [script, ...args] }, exit)];
  for (const { pid, parentPid, argv, tracer: one, problem } of tracer.processes) {
    const closing = await one.closed;
    outcomes.push(outcomeOf({ pid, parentPid, command: argv.slice(1) }, { ...closing, error: (await problem) ?? closing.error }));
  }
  const named: NamedSnapshot[] = [];
  const saved = new Map<number, number>(); // a pid may come again in a long run: FILE.PID.2
  for (const { pid, command, snapshot } of outcomes) {
    if (snapshot === null) continue;
    const turn = (saved.get(pid) ?? 0) + 1;
    saved.set(pid, turn);
    saveSnapshot(snapshot, [output, pid, ...(turn === 1 ? [] : [turn])].join('.'), console);
    named.push({ name: [pid, ...scriptOf(command)].join(' '), snapshot });
  }
  writeLines(console.err, ['', `${outcomes.length} processes:`, ...processTree(outcomes.map(rowOf)), '']);
  return { ...exit, snapshot: named.length === 0 ? null : mergeSnapshots(named) };
}

const LONGEST_COMMAND = 60;

function rowOf({ snapshot, isCheckpoint, atHeapLimit, error, command, ...process }: Outcome): ProcessRow {
  const whole = [...scriptOf(command), ...command.slice(1)].join(' ');
  const row = { ...process, command: whole.length > LONGEST_COMMAND ? `${whole.slice(0, LONGEST_COMMAND)}...` : whole };
  const reason = error == null ? 'it was killed before it could be asked' : messageOf(error);
  if (snapshot === null) return { ...row, size: null, note: `no snapshot: ${reason}` };
  const note = isCheckpoint ? `its checkpoint of ${snapshot.capture.time}: ${reason}` : atHeapLimit ? 'at its heap limit' : '';
  return { ...row, size: totalOf(snapshot.columns).size, note };
}

/** Without its folder; nothing for a process without a script (`node -e`). */
function scriptOf([script]: readonly string[]): string[] {
  return script === undefined ? [] : [basename(script)];
}
