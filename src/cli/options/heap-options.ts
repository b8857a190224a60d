import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import { HEAP_KEY_TYPES, type HeapKeyType } from '../../heap-graph/census/heap-keys.js';
import type { FilterValues } from './filter-options.js';
import type { TableValues, TreeValues } from './shared-options.js';

export interface HeapTableValues extends TableValues, TreeValues, PartialValues {
  readonly isKeyGiven?: boolean;
}

export interface PartialValues {
  readonly partial: boolean;
}

export function addPartialOption(command: Command): Command {
  return command.option('--partial', 'of a damaged heap snapshot: take what stands before the damage', false);
}

/** @throws UsageError for the option, if what is asked is no heap snapshot */
export function refusePartial({ partial }: PartialValues, what: string): void {
  if (partial) throw new UsageError(`--partial is for a heap snapshot file, and ${what} is none; leave it out`);
}

/** Lets a command see whether its user has given a key, because heap snapshots have another default. */
export function noteGivenKey(command: Command): Command {
  return command.hook('preAction', (_, action) => {
    action.setOptionValue('isKeyGiven', action.getOptionValueSource('groupBy') !== 'default');
  });
}

/** @throws UsageError for what a heap snapshot does not have */
export function heapKeyType({ groupBy, isKeyGiven }: HeapTableValues): HeapKeyType {
  if (!isKeyGiven) return 'type';
  const key = HEAP_KEY_TYPES.find((each) => each === groupBy);
  if (key === undefined)
    throw new UsageError(`a heap snapshot is grouped by ${HEAP_KEY_TYPES.join(', ')}, not by ${groupBy}: V8 records nothing else`);
  return key;
}

/** @throws UsageError for options that need stacks, threads, labels or domains */
export function checkHeapOptions(values: FilterValues & Pick<TreeValues, 'tree'> & Partial<Pick<TableValues, 'cumulative'>>): void {
  const { tree, cumulative = false, includeAny, excludeAny, domain, thread, onlyLabel } = values;
  const given = Object.entries({
    '--tree': tree === true,
    '--cumulative': cumulative,
    '--include-any': includeAny.length > 0,
    '--exclude-any': excludeAny.length > 0,
    '--domain': domain !== undefined,
    '--thread': thread.length > 0,
    '--only-label': onlyLabel.length > 0,
  }).filter(([, isGiven]) => isGiven);
  if (given.length === 0) return;
  throw new UsageError(`a heap snapshot is the whole heap of one thread; leave ${given.map(([option]) => option).join(', ')} out`);
}
