import { type Command, Option } from 'commander';
import type { Mode } from '../model/trace-columns.js';
import { KEY_TYPES, type KeyType } from '../snapshot/key-type.js';
import type { LinesOption } from '../target/line-scope.js';
import type { StartOptions } from '../target/tracing.js';
import { collected, positiveInteger, wholeNumber } from './option-values.js';

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
  readonly force?: true;
}

/** How to group, and what to print. */
export interface TableValues {
  readonly groupBy: KeyType;
  readonly cumulative: boolean;
  readonly top?: number;
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly domain?: number;
  readonly json: boolean;
}

export function addTracingOptions(command: Command): Command {
  return (
    command
      .option('--nframe <n>', 'most recent frames kept of each stack', positiveInteger, DEFAULT_NFRAME)
      .addOption(new Option('--mode <mode>', 'how to trace').choices(['sampling', 'exact', 'objects']).default('sampling'))
      .option('--interval <bytes>', 'mean bytes between two samples', positiveInteger)
      .option('--lines', "true lines: instrument the program's own files so that every line has its own bytes")
      // A flag of its own: as an optional value, the word after --lines would be taken for it.
      .option('--lines=all', 'true lines in packages, too')
      .option('--lines-include <pattern>', 'true lines only in files of this name (* ? [...]); repeatable', collected, [])
      .option('--lines-exclude <pattern>', 'no true lines in files of this name; repeatable', collected, [])
      .option('--no-inline', 'true functions: switch inlining off, so that every function has its own bytes')
      .option('--force', 'take over when another tool is sampling the target')
  );
}

export function addTableOptions(command: Command): Command {
  return command
    .addOption(new Option('--group-by <key>', 'what to add up').choices(KEY_TYPES).default('lineno'))
    .option('--cumulative', 'count a trace for every frame of its stack', false)
    .option('--top <n>', 'rows to print (default: 10; with --json all)', positiveInteger)
    .option('--include <pattern>', 'only traces allocated in files of this name (* ? [...]); repeatable', collected, [])
    .option('--exclude <pattern>', 'no traces allocated in files of this name; repeatable', collected, [])
    .option('--domain <n>', 'only this domain: 0 the JavaScript heap, 1 array buffers', wholeNumber)
    .option('--json', 'print one JSON document', false);
}

export function startOptions(values: TracingValues): StartOptions {
  const { nframe, mode, interval, inline, force } = values;
  return {
    nframe,
    mode,
    lines: linesOption(values),
    inlining: inline,
    ...(interval !== undefined && { interval }),
    ...(force && { force }),
  };
}

export function linesOption(values: TracingValues): LinesOption {
  const { lines, linesInclude: include, linesExclude: exclude } = values;
  const all = values['lines=all'] ?? false;
  return (lines || all || include.length > 0 || exclude.length > 0) && { all, include, exclude };
}
