import { type Command, InvalidArgumentError, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { canCumulate, KEY_TYPES, type KeyType } from '../../snapshot/statistics/key-type.js';
import type { Resource } from '../../store/identity.js';
import { openStore } from '../../store/open/open-store.js';
import type { StatsQuestion, Store } from '../../store/store.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { addFilterOptions, type FilterValues, filterLists } from './filter-options.js';
import { addAttributeOption } from './identity-options.js';
import { duration, rowCount } from './option-values.js';
import { checkOwn, ownOption } from './shared-options.js';

/** Which profiles are asked about. */
export interface SelectionValues extends FilterValues {
  readonly service?: string;
  readonly from?: Date;
  readonly to?: Date;
  readonly host?: string;
  readonly attribute: Resource;
}

export interface GroupingValues {
  readonly groupBy: KeyType;
  readonly own?: true;
  readonly cumulative: boolean;
}

export interface FleetTableValues extends SelectionValues, GroupingValues {
  readonly top?: number;
  readonly json: boolean;
  readonly color: boolean;
}

export function addSelectionOptions(command: Command): Command {
  const selecting = command
    .option('--service <name>', 'the service; may be left out if the store has no other')
    .option('--from <time>', 'only profiles since then: 2026-01-31T12:00Z, or a time ago: 30m, 24h', moment)
    .option('--to <time>', 'only profiles before then', moment)
    .option('--host <pattern>', 'only processes of these hosts (* ? [...])');
  return addFilterOptions(addAttributeOption(selecting, 'only processes with this resource attribute; repeatable'));
}

export function addFleetTableOptions(command: Command): Command {
  return addSelectionOptions(command)
    .addOption(new Option('--group-by <key>', 'what to group by').choices(KEY_TYPES).default('lineno'))
    .addOption(ownOption())
    .option('--cumulative', 'count a trace for every frame of its stack, not only for the most recent one', false)
    .option('--top <n>', 'how many rows to print, or all (default: 10; with --json, all)', rowCount)
    .option('--json', 'print one JSON document instead of a table', false);
}

/** @throws UsageError for options that do not go together */
export function checkGrouping(values: GroupingValues): void {
  checkOwn(values);
  if (values.cumulative && !canCumulate(values.groupBy))
    throw new UsageError(`--cumulative goes with --group-by ${KEY_TYPES.filter(canCumulate).join(', ')}, not with ${values.groupBy}`);
}

/** Opens a store for `work`, and closes it. What an answer leaves out is told on stderr. */
export async function withStore<T>(url: string, { err }: Console, work: (store: Store) => Promise<T>): Promise<T> {
  const store = await openStore(url, { onNotice: (notice) => writeLines(err, [printable(notice)]) });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** @throws UsageError if no service is named and the store has none, or several */
export async function questionOf(
  store: Store,
  values: SelectionValues & Partial<GroupingValues>,
  cwd: string,
): Promise<Omit<StatsQuestion, 'release'>> {
  const { from = null, to = null, host = null, attribute, groupBy = 'lineno', cumulative = false } = values;
  if (from && to && from >= to) throw new UsageError('--from must be before --to');
  return {
    service: values.service ?? (await onlyService(store)),
    from,
    to,
    host,
    attributes: attribute,
    filters: filterLists(values, cwd),
    keyType: groupBy,
    cumulative,
  };
}

async function onlyService(store: Store): Promise<string> {
  const services = await store.services();
  if (services.length === 1) return services[0]!;
  if (services.length === 0) throw new UsageError('the store has no profiles; push some first');
  throw new UsageError(
    `the store has several services; give --service with one of ${services.map((name) => JSON.stringify(name)).join(', ')}`,
  );
}

/** @throws InvalidArgumentError */
function moment(text: string): Date {
  const ago = /^\d+(\.\d+)?(ms|s|m|h|d)$/.exec(text);
  const time = ago ? new Date(Date.now() - msAgo(text)) : new Date(text);
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('Write it as 2026-01-31T12:00Z, or as a time ago: 30m, 24h, 7d.');
  return time;
}

function msAgo(text: string): number {
  return text.endsWith('d') ? 24 * 3_600_000 * Number(text.slice(0, -1)) : duration(text);
}
