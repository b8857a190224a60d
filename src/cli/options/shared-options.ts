import { type Command, Option } from 'commander';
import { DEFAULT_INTERVAL } from '../../collect/sampling/sampler.js';
import type { Mode } from '../../model/trace-columns.js';
import { KEY_TYPES, type KeyType } from '../../snapshot/statistics/key-type.js';
import type { LinesOption } from '../../tracing/isolate/line-scope.js';
import type { StartOptions } from '../../tracing/tracer/start-options.js';
import { addFilterOptions, type FilterValues } from './filter-options.js';
import { collected, percentage, period, positiveInteger } from './option-values.js';
import { addSourceMapOptions, type SourceMapValues } from './source-maps.js';

/** Frames that the command keeps of each stack: enough for `--cumulative` and `--group-by traceback` on the saved file. */
const DEFAULT_NFRAME = 25;

/** How to trace. */
export interface TracingValues {
  readonly nframe: number;
  readonly mode: Mode;
  readonly interval?: number;
  readonly lines?: true;
  readonly 'lines=all'?: true;
  readonly linesInclude: readonly string[];
  readonly linesExclude: readonly string[];
  readonly inline: boolean;
  readonly workers: boolean;
  readonly keepEnded: boolean;
  readonly takeOver?: true;
}

export interface LossValues {
  /** ms. */
  readonly checkpoint?: number;
  readonly onOom: boolean;
}

/** How to group, and what to print. */
export interface TableValues extends SourceMapValues, FilterValues {
  readonly color: boolean;
  readonly groupBy: KeyType;
  readonly cumulative: boolean;
  readonly top?: number;
  readonly json: boolean;
}

export function addTracingOptions(command: Command): Command {
  return (
    command
      .option('--nframe <n>', 'most recent frames kept of each stack', positiveInteger, DEFAULT_NFRAME)
      .addOption(
        new Option('--mode <mode>', 'samples, every block, or every object with its type')
          .choices(['sampling', 'exact', 'objects'])
          .default('sampling'),
      )
      .option(
        '--interval <bytes>',
        `mean bytes between two samples; with --mode sampling only (default: ${DEFAULT_INTERVAL})`,
        positiveInteger,
      )
      .option('--lines', "true lines: instrument the program's own files so that every line has its own bytes")
      // A flag of its own: as an optional value, the word after --lines would be taken for it.
      .option('--lines=all', 'true lines in packages, too')
      .option('--lines-include <pattern>', 'true lines only in files of this name (* ? [...]); repeatable', collected, [])
      .option('--lines-exclude <pattern>', 'no true lines in files of this name; repeatable', collected, [])
      .option('--no-inline', 'true functions: switch inlining off, so that every function has its own bytes')
      .option('--no-workers', 'trace the main thread alone, not its worker threads')
      .option('--keep-ended', 'keep what worker threads that have ended held when they were last seen', false)
      .option('--take-over', 'take the sampler over when another tool is sampling the target')
  );
}

/** A call tree in place of the table. */
export interface TreeValues {
  readonly tree?: true;
  readonly inverted?: true;
  readonly minPercent?: number;
}

export function addTreeOptions(command: Command): Command {
  return command
    .option('--tree', 'print the tree of calls, from the oldest frames on, in place of the table')
    .option('--inverted', 'with --tree: from the places that allocate to their callers')
    .option('--min-percent <n>', 'with --tree: leave out what holds, or has changed by, less of the total (default: 1)', percentage);
}

/** What is kept of a program that does not come to an orderly end. */
export function addLossOptions(command: Command): Command {
  return command
    .option('--checkpoint <time>', 'save a snapshot every so often (30s, 5m) as FILE.checkpoint, for when the program is killed', period)
    .option('--on-oom', 'take the last snapshot when the program comes to its heap limit, before it goes on to its end', false);
}

export function addTableOptions(command: Command): Command {
  return addSourceMapOptions(addFilterOptions(command))
    .addOption(new Option('--group-by <key>', 'what to add up').choices(KEY_TYPES).default('lineno'))
    .option('--cumulative', 'count a trace for every frame of its stack', false)
    .option('--top <n>', 'rows to print (default: 10; with --json all)', positiveInteger)
    .option('--json', 'print one JSON document', false);
}

export function startOptions(values: TracingValues & Partial<LossValues>): StartOptions {
  const { nframe, mode, interval, inline, workers, keepEnded, onOom = false, takeOver } = values;
  return {
    nframe,
    mode,
    lines: linesOption(values),
    inlining: inline,
    workers,
    keepEnded,
    onOom,
    ...(interval !== undefined && { interval }),
    ...(takeOver && { force: true }),
  };
}

export function linesOption(values: TracingValues): LinesOption {
  const { lines, linesInclude: include, linesExclude: exclude } = values;
  const all = values['lines=all'] ?? false;
  return (lines || all || include.length > 0 || exclude.length > 0) && { all, include, exclude };
}
