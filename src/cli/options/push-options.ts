import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { checkStoreUrl } from '../../store/open/open-store.js';
import { addIdentityOptions, type IdentityValues } from './identity-options.js';
import { period } from './option-values.js';
import type { TracingValues } from './shared-options.js';

export interface PushValues extends IdentityValues {
  readonly push?: string;
  /** ms. */
  readonly every?: number;
}

const VARIABLE = 'TRACEMALLOC_PUSH';

export function addPushOptions(command: Command): Command {
  return addIdentityOptions(
    command.option(
      '--push <store>',
      `send snapshots to a store of many processes: folder:DIR, or a ClickHouse (default: ${VARIABLE}, or none)`,
    ),
  );
}

/** For a command that has no `--every` for something else. */
export function addPushEveryOption(command: Command): Command {
  return command.option('--every <time>', 'with --push: how often to send one (default: 60s)', period);
}

/** Where to push; null: nowhere. Call it before the target is touched. @throws UsageError if it is no store, or cannot take the snapshots */
export function storeToPushTo({ push, mode }: PushValues & Pick<TracingValues, 'mode'>, env: NodeJS.ProcessEnv): string | null {
  const url = push ?? env[VARIABLE];
  if (url === undefined || url === '') return null;
  checkStoreUrl(url);
  if (mode === 'churn') throw new UsageError('--push sends what is alive, and --mode churn tells what was allocated; leave one out');
  return url.replace(/^folder:(.*)$/s, (_, folder: string) => `folder:${resolve(folder)}`);
}
