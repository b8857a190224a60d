import { type Command, Option } from 'commander';
import { DEFAULT_INTERVAL } from '../../collect/sampling/sampler-commands.js';
import { UsageError } from '../../errors.js';
import type { Mode } from '../../model/trace-columns.js';
import { pathPatterns } from '../../report/text/patterns.js';
import { KEY_TYPES, type KeyType } from '../../snapshot/statistics/key-type.js';
import type { LinesOption } from '../../tracing/isolate/line-scope.js';
import { checkStartOptions, type StartOptions } from '../../tracing/tracer/start-options.js';
import { addFilterOptions, type FilterValues } from './filter-options.js';
import { addLabelOptions, type LabelValues, labelsOption } from './label-options.js';
import { collected, percentage, period, positiveInteger, rowCount } from './option-values.js';
import { addSourceMapOptions, type SourceMapValues } from './source-maps.js';

/** Frames that the command keeps of each stack. That is enough for `--cumulative` and `--group-by traceback` on the saved file. */
const DEFAULT_NFRAME = 25;

/** V8 tells no more. With `--own` all are kept, because the program's own frame may be far out in the stack. */
const ALL_FRAMES = 128;

/** Rows of a table without `--top`. */
export const DEFAULT_ROWS = 10;

/** Options that say how to trace. */
export interface TracingValues extends LabelValues {
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
  readonly yes: boolean;
}

export interface LossValues {
  /** ms between two checkpoints. */
  readonly checkpoint?: number;
  readonly onOom: boolean;
  /** A size, or a percentage. */
  readonly onRss?: string;
}

/** Options that say how to group and what to print. */
export interface TableValues extends SourceMapValues, FilterValues {
  readonly color: boolean;
  readonly groupBy: KeyType;
  readonly own?: true;
  readonly cumulative: boolean;
  readonly top?: number;
  readonly json: boolean;
}

export function addTracingOptions(command: Command): Command {
  return addLabelOptions(
    command
      .option('--nframe <n>', 'how many of the most recent frames to keep of each stack', positiveInteger, DEFAULT_NFRAME)
      .addOption(
        new Option(
          '--mode <mode>',
          'what to record: samples, every block, every object with its type; or churn, all that is allocated, dead or alive',
        )
          .choices(['sampling', 'exact', 'objects', 'churn'])
          .default('sampling'),
      )
      .option(
        '--interval <bytes>',
        `mean bytes between two samples; only with --mode sampling and churn (default: ${DEFAULT_INTERVAL})`,
        positiveInteger,
      )
      .option('--lines', "true lines: instrument the program's own files so that every line has its own bytes")
      // A flag of its own: as an optional value, the word after --lines would be taken for it.
      .option('--lines=all', 'true lines in packages, too')
      .option('--lines-include <pattern>', 'true lines only in files that match this pattern (* ? [...]); repeatable', collected, [])
      .option('--lines-exclude <pattern>', 'no true lines in files that match this pattern; repeatable', collected, [])
      .option('--no-inline', 'true functions: switch inlining off, so that every function has its own bytes')
      .option('--no-workers', 'trace only the main thread, not its worker threads')
      .option('--keep-ended', 'when a worker thread ends, keep what it held when it was last seen', false)
      .option('--take-over', 'if another tool is sampling the target, take over its sampler')
      .option('--yes', 'with --mode objects: also if the program may lack the memory for it, or will stand still for long', false),
  );
}

/** A call tree instead of the table. */
export interface TreeValues {
  readonly tree?: true;
  readonly inverted?: true;
  readonly minPercent?: number;
}

export function addTreeOptions(command: Command): Command {
  return command
    .option('--tree', 'print a tree of calls instead of the table, beginning with the oldest frames')
    .option('--inverted', 'with --tree: begin with the places that allocate, and show their callers below')
    .option(
      '--min-percent <n>',
      'with --tree: leave out frames that hold, or in a diff changed by, less than this share of the total (default: 1)',
      percentage,
    );
}

/** Adds the options that save a snapshot of a program that does not end normally. */
export function addLossOptions(command: Command): Command {
  return command
    .option('--checkpoint <time>', 'save a snapshot as FILE.checkpoint every so often (30s, 5m), in case the program is killed', period)
    .option('--on-oom', 'when the program reaches its heap limit, take the last snapshot before the program ends', false)
    .option(
      '--on-rss <limit>',
      'save a snapshot as FILE.rss when this much memory is resident: 400MiB, or 85% of what its control group, or the machine, allows',
    );
}

export function addTableOptions(command: Command): Command {
  return addSourceMapOptions(addFilterOptions(command))
    .addOption(new Option('--group-by <key>', 'what to group by').choices(KEY_TYPES).default('lineno'))
    .addOption(ownOption())
    .option('--cumulative', 'count a trace for every frame of its stack, not only for the most recent one', false)
    .option('--top <n>', 'how many rows to print, or all (default: 10; with --json, all)', rowCount)
    .option('--json', 'print one JSON document instead of a table', false);
}

/** The name that people look for; it is one of the keys of `--group-by`. */
export function ownOption(): Option {
  const description = "your code first: every byte stands on the newest frame of the program's own files, as with --group-by own";
  return new Option('--own', description).implies({ groupBy: 'own', nframe: ALL_FRAMES });
}

/** @throws UsageError if another key is asked for as well */
export function checkOwn({ own, groupBy }: Pick<TableValues, 'own' | 'groupBy'>): void {
  if (own && groupBy !== 'own') throw new UsageError(`--own groups by own, so leave --group-by ${groupBy} out`);
}

/** Call it before the target is touched. @throws UsageError if the options do not fit together */
export function startOptions(values: TracingValues & Partial<LossValues>): StartOptions {
  const { nframe, mode, interval, inline, workers, keepEnded, onOom = false, takeOver, yes } = values;
  const options: StartOptions = {
    nframe,
    mode,
    lines: linesOption(values),
    labels: labelsOption(values),
    inlining: inline,
    workers,
    keepEnded,
    onOom,
    yes,
    ...(interval !== undefined && { interval }),
    ...(takeOver && { force: true }),
  };
  checkStartOptions(options);
  return options;
}

export function linesOption(values: TracingValues): LinesOption {
  const { lines } = values;
  const [include, exclude] = [values.linesInclude, values.linesExclude].map((patterns) =>
    patterns.flatMap((pattern) => pathPatterns(pattern, process.cwd())),
  ) as [string[], string[]];
  const all = values['lines=all'] ?? false;
  return (lines || all || include.length > 0 || exclude.length > 0) && { all, include, exclude };
}
