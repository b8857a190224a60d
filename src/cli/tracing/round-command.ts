import { spawn } from 'node:child_process';
import { LaunchError } from '../../errors.js';
import type { Console } from '../console/console.js';

interface Running {
  readonly timeoutMs: number;
  /** Resolves if the command is not needed any more. It is then killed. */
  readonly over: Promise<unknown>;
  readonly console: Console;
}

/**
 * Runs a command of the shell to its end. Its output goes to stderr, because stdout is for results.
 *
 * @returns false if it was not needed any more
 * @throws LaunchError if it fails, or takes longer than its time
 */
export async function runRoundCommand(command: string, { timeoutMs, over, console: { err } }: Running): Promise<boolean> {
  // A group of its own, so that what it started can be ended with it.
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => err.write(chunk));
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<string | null>((resolve) => {
    child.on('error', ({ message }) => resolve(`does not run (${message})`));
    child.on('exit', (code, signal) => resolve(code === 0 ? null : signal ? `was ended by ${signal}` : `ended with code ${code}`));
  });
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`did not end within ${timeoutMs / 1000} s`), timeoutMs);
  });
  const outcome = await Promise.race([ended, late, over.then(() => 'over' as const)]);
  clearTimeout(timer);
  if (child.exitCode === null && child.signalCode === null) endGroup(child.pid);
  if (outcome === 'over') return false;
  if (outcome !== null) throw new LaunchError(`the command of a round ${outcome}: ${command}`);
  return true;
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // it has just ended
  }
}
