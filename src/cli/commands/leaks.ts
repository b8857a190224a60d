import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { DEFAULT_WARMUP, LEAST_ROUNDS } from '../../series/growth.js';
import { KEY_TYPES } from '../../snapshot/statistics/key-type.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import type { BehindDashes } from '../options/behind-dashes.js';
import { addExamples } from '../options/examples.js';
import { addFilterOptions, filteredSeries } from '../options/filter-options.js';
import { ignoreRules } from '../options/ignore-rules.js';
import { addLaunchOptions, addShellOption, type LaunchValues } from '../options/launch-options.js';
import { addMarkdownOption, type MarkdownValues } from '../options/markdown-option.js';
import { collected, duration, period, positiveInteger, rowCount, wholeNumber } from '../options/option-values.js';
import { addTracingOptions, checkOwn, ownOption, startOptions, type TableValues } from '../options/shared-options.js';
import { addEmbedOption, addSourceMapOptions, seriesWithEmbedded, sourceMapperOf } from '../options/source-maps.js';
import { addTargetOptions, type Target, type TargetValues, targetOf } from '../options/target-argument.js';
import { FAILED } from '../output/exit-codes.js';
import { reportLeaks } from '../output/leak-report.js';
import { addForceOption, claimOutput, type OutputValues } from '../output/output-file.js';
import { checkTypes } from '../output/print-results.js';
import { LeakRounds } from '../tracing/leak-rounds.js';
import { type RoundSource, takeRoundsOfProcess } from '../tracing/rounds-of-process.js';
import { takeRoundsOfProgram } from '../tracing/rounds-of-program.js';
import { whatToRun } from '../tracing/what-to-run.js';

interface LeaksValues extends LaunchValues, TargetValues, OutputValues, BehindDashes, MarkdownValues, Omit<TableValues, 'cumulative'> {
  readonly rounds?: number;
  readonly every?: number;
  readonly each?: string;
  readonly timeout: number;
  readonly shell: boolean;
  readonly warmup: number;
  readonly ignore: readonly string[];
  readonly output?: string;
}

const DEFAULT_ROUNDS = 6;
const DEFAULT_PERIOD_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 60_000;

export function configure(command: Command): Command {
  addLaunchOptions(addTargetOptions(command))
    .option('--rounds <n>', `how many snapshots to take (default: ${DEFAULT_ROUNDS}; at debugger statements, all)`, positiveInteger)
    .option('--every <time>', 'the time of a round (default: 10s; of a program after --, the next debugger statement)', period)
    .option('--each <command>', 'a round is one run of this command: a load generator, a curl')
    .option('--timeout <time>', 'how long the command of a round may take', duration, DEFAULT_TIMEOUT_MS)
    .option('--warmup <n>', 'how many first rounds do not count', wholeNumber, DEFAULT_WARMUP)
    .option(
      '--ignore <place>',
      'a file that may leak (src/cache.ts, src/cache.ts:17); repeatable, as are the lines of .tracemallocignore',
      collected,
      [],
    )
    .option('-o, --output <file>', 'save all rounds as this .tmseries')
    .addOption(new Option('--group-by <key>', 'what to group by').choices(KEY_TYPES).default('lineno'))
    .addOption(ownOption())
    .option('--top <n>', 'how many rows to print, or all (default: 10)', rowCount)
    .option('--json', 'print one JSON document instead of a table', false);
  addShellOption(addMarkdownOption(command));
  return addExamples(addForceOption(addEmbedOption(addSourceMapOptions(addFilterOptions(addTracingOptions(command))))), [
    ["tracemalloc leaks src/server.ts --each 'npx autocannon -a 2000 http://localhost:3000'", 'a round is 2,000 requests'],
    ['tracemalloc leaks --lines -- batch.js --size 1000', 'a round is what batch.js --size 1000 does up to its next debugger statement'],
  ]);
}

export async function run(args: readonly string[], values: LeaksValues, console: Console): Promise<number> {
  const subject = subjectOf(args, values);
  const start = startOptions(values);
  const source = sourceOf(values, subject);
  const wanted = values.rounds ?? (source === null ? Number.POSITIVE_INFINITY : DEFAULT_ROUNDS);
  check(values, wanted);
  const rules = ignoreRules(values.ignore, console.cwd);
  const mapper = sourceMapperOf(values, console);
  const output = values.output === undefined ? undefined : await claimOutput(values.output, values, console);
  const rounds = new LeakRounds({ wanted, console });
  const notes =
    'target' in subject
      ? await takeRoundsOfProcess(rounds, { target: subject, start, source: source!, console })
      : await takeRoundsOfProgram(rounds, { program: whatToRun(subject.program, values, console), values, start, source, console });
  if (notes.length > 0) writeLines(console.err, notes);
  const series = rounds.series();
  if (series === null) {
    writeLines(console.err, ['there is no round, and so no verdict']);
    return FAILED;
  }
  if (output !== undefined) {
    seriesWithEmbedded(series, values, mapper).dump(output, { followLinks: false });
    writeLines(console.err, [`series saved as ${printable(output)}`]);
  }
  const shown = filteredSeries(series, values, { mapper, cwd: console.cwd });
  // The stdout of a program that we start is its own, as with `run`.
  const stream = 'target' in subject || values.json || values.markdown ? console.out : console.err;
  return reportLeaks(shown, { unfiltered: series, values, rules, stream, console });
}

type Subject = Target | { readonly program: readonly string[] };

/** @throws UsageError if there is neither a process nor a program, or both */
function subjectOf(args: readonly string[], values: LeaksValues): Subject {
  const { behindDashes: program, pid, port } = values;
  if (program === null) {
    if (args.length > 1) throw new UsageError('name one process; a program to start and its arguments come after --: leaks -- script.js');
    return targetOf(args[0], values);
  }
  if (program.length === 0) throw new UsageError('the program to start is missing after --');
  if (args.length > program.length || pid !== undefined || port !== undefined)
    throw new UsageError('name a process, or a program to start after --, not both');
  return { program };
}

/** null: a round ends at each `debugger` statement. */
function sourceOf({ every, each, timeout: timeoutMs }: LeaksValues, subject: Subject): RoundSource | null {
  if (every !== undefined && each !== undefined)
    throw new UsageError('a round is either a time (--every) or a run of a command (--each); leave one out');
  if ('program' in subject && every === undefined && each === undefined) return null;
  return { each, everyMs: every ?? DEFAULT_PERIOD_MS, timeoutMs };
}

/** @throws UsageError for options that do not fit together */
function check(values: LeaksValues, wanted: number): void {
  const { warmup, node, nodeArg, shell, behindDashes, mode } = values;
  if (mode === 'churn') throw new UsageError('a leak is memory that stays, and --mode churn does not tell what stays; leave it out');
  checkOwn(values);
  checkTypes(values);
  if (behindDashes === null && (node !== undefined || nodeArg.length > 0 || shell))
    throw new UsageError('--node, --node-arg and --shell are for a program to start, which comes after --');
  if (wanted < warmup + LEAST_ROUNDS)
    throw new UsageError(`a leak takes ${LEAST_ROUNDS} rounds after the warm-up: give --rounds ${warmup + LEAST_ROUNDS} or more`);
}
