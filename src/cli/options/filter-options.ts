import type { Command } from 'commander';
import { DomainFilter, Filter, ThreadFilter } from '../../snapshot/filter.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { compilePattern } from '../../text/fnmatch.js';
import { collected, wholeNumber } from './option-values.js';
import { shown } from './source-maps.js';

/** Options that select traces of a snapshot. */
export interface FilterValues {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly includeAny: readonly string[];
  readonly excludeAny: readonly string[];
  readonly domain?: number;
  readonly thread: readonly string[];
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--include <pattern>', 'only traces allocated in files that match this pattern (* ? [...]); repeatable', collected, [])
    .option('--exclude <pattern>', 'no traces allocated in files that match this pattern; repeatable', collected, [])
    .option(
      '--include-any <pattern>',
      'only traces with a file that matches this pattern anywhere in their stack; repeatable',
      collected,
      [],
    )
    .option('--exclude-any <pattern>', 'no traces with a file that matches this pattern anywhere in their stack; repeatable', collected, [])
    .option(
      '--domain <n>',
      'only this domain: 0 the JavaScript heap, 1 array buffers, 2 other memory outside the heap (1 and 2 only with --mode objects)',
      wholeNumber,
    )
    .option('--thread <pattern>', "only these threads: 'main', 'worker *', 'worker 3 (name)' (* ? [...]); repeatable", collected, []);
}

/** The traces that the user asks for. Lines are mapped first, so that patterns match the file names that the user sees. */
export function filtered(snapshot: Snapshot, values: FilterValues, mapper: SourceMapper | null): Snapshot {
  const { domain, thread } = values;
  const filters = filtersOf(values);
  const inLines = shown(snapshot, mapper);
  const inDomain = domain === undefined ? inLines : inLines.filterTraces([new DomainFilter(true, domain)]);
  const inThreads = thread.length === 0 ? inDomain : inDomain.filterTraces(thread.map((pattern) => new ThreadFilter(true, pattern)));
  return filters.length === 0 ? inThreads : inThreads.filterTraces(filters);
}

/** Whether `--thread` selects the thread of this name. */
export function isThreadWanted(name: string, { thread }: Pick<FilterValues, 'thread'>): boolean {
  return thread.length === 0 || thread.some((pattern) => compilePattern(pattern)(name));
}

function filtersOf({ include, exclude, includeAny, excludeAny }: FilterValues): Filter[] {
  const allFrames = true;
  return [
    ...include.map((pattern) => new Filter(true, pattern)),
    ...exclude.map((pattern) => new Filter(false, pattern)),
    ...includeAny.map((pattern) => new Filter(true, pattern, { allFrames })),
    ...excludeAny.map((pattern) => new Filter(false, pattern, { allFrames })),
  ];
}
