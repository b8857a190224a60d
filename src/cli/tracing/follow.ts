import type { Exit, LaunchedTracer } from '../../tracing/launch/launched-tracer.js';
import type { Console } from '../console/console.js';
import type { Earlier } from './last-snapshot.js';
import { type ProcessOutcome, saveProcesses } from './save-processes.js';

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
    process: Pick<ProcessOutcome, 'pid' | 'parentPid' | 'command'>,
    end: Pick<Exit, 'snapshot' | 'atHeapLimit' | 'error'>,
  ): ProcessOutcome => {
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
  const snapshot = saveProcesses(outcomes, { output, console, starter: starter && { pid: starter.pid, command: [script, ...args] } });
  return { ...exit, snapshot };
}
