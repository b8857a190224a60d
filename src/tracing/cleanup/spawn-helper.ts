import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';
import { OWN_PROCESS } from '../../discovery/running-programs.js';

export const SHELL = '/bin/sh';

/** The option of a Node process that a shell becomes: `list` knows our own processes by it. */
export const TITLE = `--title=${OWN_PROCESS}`;

interface Helper {
  readonly args: readonly string[];
  readonly stdio: StdioOptions;
}

/** Starts a Node process that helps this one. It may outlive this one, and does not keep it alive. */
export function spawnHelper(file: string, { args, stdio }: Helper): ChildProcess {
  return spawnDetached(process.execPath, { args: [file, ...args], stdio, argv0: OWN_PROCESS });
}

/** The same with a shell, which takes a fortieth of Node's time and memory. @param args `$1` and the following */
export function spawnShell(script: string, { args, stdio }: Helper): ChildProcess {
  return spawnDetached(SHELL, { args: ['-c', script, OWN_PROCESS, ...args], stdio, argv0: SHELL });
}

function spawnDetached(command: string, { args, stdio, argv0 }: Helper & { readonly argv0: string }): ChildProcess {
  // Without NODE_OPTIONS, which may start a debugger, and without coverage, which is the user's program's. Node would hand that on if it were left out.
  const env = { ...process.env, NODE_OPTIONS: undefined, NODE_V8_COVERAGE: undefined };
  const child = spawn(command, args, {
    argv0,
    stdio,
    detached: true, // a Ctrl-C in the terminal must not reach it
    env,
  });
  child.unref();
  return child;
}
