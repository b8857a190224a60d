import type { Command } from 'commander';
import { patternsFor } from '../../report/text/patterns.js';
import { selectLifetimes } from '../../series/select-lifetimes.js';
import { Series } from '../../series/series.js';
import { type AnyFilter, DomainFilter, Filter, type FilterOptions, LabelFilter, ThreadFilter } from '../../snapshot/filter.js';
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
  readonly onlyLabel: readonly string[];
}

/** How names are shown to the user. */
export interface View {
  readonly mapper: SourceMapper | null;
  readonly cwd: string;
}

export function addFilterOptions(command: Command): Command {
  const filters = command
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
  return addLabelFilter(filters);
}

export function addLabelFilter(command: Command): Command {
  return command.option(
    '--only-label <pattern>',
    "only what was allocated for these labels: 'GET /users/*', '(none)' for no label (* ? [...]); repeatable",
    collected,
    [],
  );
}

/** The traces that the user asks for. Lines are mapped first, so that patterns match the file names that the user sees. */
export function filtered(snapshot: Snapshot, values: FilterValues, { mapper, cwd }: View): Snapshot {
  return filterLists(values, cwd).reduce((rest, filters) => rest.filterTraces(filters), shown(snapshot, mapper));
}

/** What the user asks for as lists of filters. A trace must pass each of the lists. */
export function filterLists(values: FilterValues, cwd: string): AnyFilter[][] {
  const { domain, thread } = values;
  return [
    domain === undefined ? [] : [new DomainFilter(true, domain)],
    thread.map((pattern) => new ThreadFilter(true, pattern)),
    labelFilters(values),
    filtersOf(values, cwd),
  ].filter((list) => list.length > 0);
}

/** The traces of the labels that the user asks for. */
export function withLabels(snapshot: Snapshot, values: Pick<FilterValues, 'onlyLabel'>): Snapshot {
  return values.onlyLabel.length === 0 ? snapshot : snapshot.filterTraces(labelFilters(values));
}

function labelFilters({ onlyLabel }: Pick<FilterValues, 'onlyLabel'>): LabelFilter[] {
  return onlyLabel.map((pattern) => new LabelFilter(true, pattern));
}

/** `filtered` for all rounds of a series. */
export function filteredSeries(series: Series, values: FilterValues, view: View): Series {
  return new Series(selectLifetimes(series.lifetimes, (all) => filtered(all, values, view)));
}

/** Whether `--thread` selects the thread of this name. */
export function isThreadWanted(name: string, { thread }: Pick<FilterValues, 'thread'>): boolean {
  return thread.length === 0 || thread.some((pattern) => compilePattern(pattern)(name));
}

function filtersOf({ include, exclude, includeAny, excludeAny }: FilterValues, cwd: string): Filter[] {
  const each = (patterns: readonly string[], inclusive: boolean, options: FilterOptions = {}) =>
    patterns.flatMap((pattern) => patternsFor(pattern, cwd)).map((pattern) => new Filter(inclusive, pattern, options));
  const allFrames = true;
  return [
    ...each(include, true),
    ...each(exclude, false),
    ...each(includeAny, true, { allFrames }),
    ...each(excludeAny, false, { allFrames }),
  ];
}
