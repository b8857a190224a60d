import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { isLoopback, parseTarget } from '../../protocol/address.js';
import { positiveInteger } from './option-values.js';

/** Options that name the target instead of the argument. */
export interface TargetValues {
  readonly pid?: number;
  readonly port?: number;
}

export function addTargetOptions(command: Command): Command {
  return command
    .option(
      '--pid <pid>',
      'the process with this pid; opens its inspector if it is closed, and closes it again at the end',
      positiveInteger,
    )
    .option('--port <port>', 'the inspector on this port of this machine', positiveInteger);
}

export interface Target {
  readonly target: string | { readonly pid: number } | { readonly port: number };
  /** Names the target in messages to the user. */
  readonly label: string;
}

/** @throws UsageError if no target is named, or several are */
export function targetOf(name: string | undefined, { pid, port }: TargetValues): Target {
  const named: Target[] = [];
  if (name !== undefined) named.push({ target: name, label: name });
  if (pid !== undefined) named.push({ target: { pid }, label: `process ${pid}` });
  if (port !== undefined) named.push({ target: { port }, label: `port ${port}` });
  const [first, second] = named;
  if (first === undefined)
    throw new UsageError(
      'name a target: a pid, the name of a script, a port, host:port, --pid PID or --port PORT; tracemalloc list shows what there is',
    );
  if (second !== undefined) throw new UsageError(`name one target, not both ${first.label} and ${second.label}`);
  return first;
}

/** Whether a target runs on this machine: it is named by a pid, a port or a script, or its address is loopback. */
export function isOnThisMachine({ target }: Target): boolean {
  if (typeof target !== 'string' || !/:\d+$|:\/\//.test(target)) return true;
  return isLoopback(parseTarget(target).host);
}
