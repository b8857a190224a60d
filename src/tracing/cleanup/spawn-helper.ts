import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { OWN_PROCESS } from '../../discovery/inspectable.js';

/** Starts a process that helps this one. It may outlive this one, and does not keep it alive. */
export function spawnHelper(
  file: string,
  { args, stdio }: { readonly args: readonly string[]; readonly stdio: StdioOptions },
): ChildProcess {
  // Without NODE_OPTIONS, which may start a debugger.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [file, ...args], {
    argv0: OWN_PROCESS,
    stdio,
    detached: true, // a Ctrl-C in the terminal must not reach it
    env,
  });
  child.unref();
  return child;
}
