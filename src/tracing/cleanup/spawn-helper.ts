import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { OWN_PROCESS } from '../../discovery/inspectable.js';

/** Starts a process of ours beside this one, which neither waits for it nor takes it along when it ends. */
export function startOwnProcess(
  file: string,
  { args, stdio }: { readonly args: readonly string[]; readonly stdio: StdioOptions },
): ChildProcess {
  // Without our NODE_OPTIONS, which may be for a debugger.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [file, ...args], {
    argv0: OWN_PROCESS,
    stdio,
    detached: true, // a Ctrl-C in the terminal is for us
    env,
  });
  child.unref();
  return child;
}
