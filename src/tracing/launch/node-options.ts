import { LaunchError, UsageError } from '../../errors.js';

/** The options that the program's node gets. */
interface NodeOptions {
  readonly execArgv: readonly string[];
  readonly NODE_OPTIONS: string | undefined;
}

interface Start extends NodeOptions {
  readonly script: string;
  readonly isFollowed: boolean;
}

/** @throws LaunchError or UsageError if the program cannot be traced with these options */
export function checkNodeOptions({ script, isFollowed, ...options }: Start): void {
  checkPermissions(options, { script, isFollowed });
  if (!isFollowed && (has(options, '--watch') || has(options, '--watch-path'))) {
    throw new UsageError(
      'node --watch runs the program in a process of its own, and in a new one at each change: trace these processes with --follow, or leave --watch out',
    );
  }
}

/** Whether node itself samples the heap of the program. It begins only after the pause before the first line, where V8 does not tell yet. */
export function samplesItself(options: NodeOptions): boolean {
  return has(options, '--heap-prof');
}

/** Whether the program begins with a heap that was built before. */
export function hasStartupSnapshot(options: NodeOptions): boolean {
  return has(options, '--snapshot-blob');
}

/** Whether the user wants the inspector of the program, too. */
export function hasOwnInspector({ execArgv, NODE_OPTIONS = '' }: NodeOptions): boolean {
  return [...execArgv, ...NODE_OPTIONS.split(/\s+/)].some((word) => word.startsWith('--inspect'));
}

function has({ execArgv, NODE_OPTIONS = '' }: NodeOptions, name: string): boolean {
  return [...execArgv, ...NODE_OPTIONS.split(/\s+/)].some((word) => word === name || word.startsWith(`${name}=`));
}

/** If Node's permission model keeps us out, the program would not start, or, if it is followed, would run to its end without us. */
function checkPermissions(options: NodeOptions, { script, isFollowed }: Pick<Start, 'script' | 'isFollowed'>): void {
  if (!has(options, '--permission') && !has(options, '--experimental-permission')) return;
  const needed = isFollowed ? ['--allow-inspector', '--allow-fs-read', '--allow-fs-write'] : ['--allow-inspector'];
  const missing = needed.filter((name) => !has(options, name));
  if (missing.length === 0) return;
  throw new LaunchError(
    `${script} was not started: Node's permission model keeps it from being traced; leave the model out, or give node ${missing.join(' and ')} as well, which new versions know`,
  );
}
