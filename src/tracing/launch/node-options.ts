import { LaunchError, UsageError } from '../../errors.js';

interface Start {
  readonly script: string;
  readonly execArgv: readonly string[];
  readonly NODE_OPTIONS: string | undefined;
  readonly isFollowed: boolean;
}

/**
 * Looks at the options that the program's node gets, before it is started.
 *
 * @throws LaunchError or UsageError if the program cannot be traced with them
 */
export function checkNodeOptions({ script, execArgv, NODE_OPTIONS = '', isFollowed }: Start): void {
  const words = [...execArgv, ...NODE_OPTIONS.split(/\s+/)];
  const has = (name: string) => words.some((word) => word === name || word.startsWith(`${name}=`));
  checkPermissions(has, { script, isFollowed });
  if (!isFollowed && (has('--watch') || has('--watch-path'))) {
    throw new UsageError(
      'node --watch runs the program in a process of its own, and in a new one at each change: trace these processes with --follow, or leave --watch out',
    );
  }
}

/** If Node's permission model keeps us out, the program would not start, or, if it is followed, would run to its end without us. */
function checkPermissions(has: (name: string) => boolean, { script, isFollowed }: Pick<Start, 'script' | 'isFollowed'>): void {
  if (!has('--permission') && !has('--experimental-permission')) return;
  const needed = isFollowed ? ['--allow-inspector', '--allow-fs-read', '--allow-fs-write'] : ['--allow-inspector'];
  const missing = needed.filter((name) => !has(name));
  if (missing.length === 0) return;
  throw new LaunchError(
    `${script} was not started: Node's permission model keeps it from being traced; leave the model out, or give node ${missing.join(' and ')} as well, which new versions know`,
  );
}
