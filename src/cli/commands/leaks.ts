import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { growthJson, growthTable, leakSentence } from '../../report/text/growth-table.js';
import { jsonText } from '../../report/text/json.js';
import { type Growth, LEAST_ROUNDS } from '../../series/growth.js';
import { LifetimesBuilder } from '../../series/lifetimes-builder.js';
import { Series } from '../../series/series.js';
import { KEY_TYPES } from '../../snapshot/statistics/key-type.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';
import { firstInterruption } from '../console/interruption.js';
import { coloursOf, widthOfTerminal } from '../console/terminal.js';
import { addExamples } from '../options/examples.js';
import { addFilterOptions, filteredSeries } from '../options/filter-options.js';
import { type IgnoreRule, ignoreRules } from '../options/ignore-rules.js';
import { collected, duration, period, positiveInteger, rowCount, wholeNumber } from '../options/option-values.js';
import { addTracingOptions, checkOwn, ownOption, startOptions, type TableValues, type TracingValues } from '../options/shared-options.js';
import { addSourceMapOptions, sourceMapperOf } from '../options/source-maps.js';
import { addTargetOptions, type TargetValues, targetOf } from '../options/target-argument.js';
import { addForceOption, claimOutput, type OutputValues } from '../output/output-file.js';
import { checkTypes } from '../output/print-results.js';
import { pausesOf } from '../tracing/pause.js';
import { runRoundCommand } from '../tracing/round-command.js';
import { type RoundDue, takeRounds } from '../tracing/rounds.js';
import { whileTracing } from '../tracing/while-tracing.js';

interface LeaksValues extends TracingValues, TargetValues, OutputValues, Omit<TableValues, 'cumulative'> {
  readonly rounds: number;
  readonly every?: number;
  readonly each?: string;
  readonly timeout: number;
  readonly warmup: number;
  readonly ignore: readonly string[];
  readonly output?: string;
}

const FAILED = 1;
const LEAKS = 3;
const DEFAULT_ROUNDS = 6;
const DEFAULT_WARMUP = 1;
const DEFAULT_PERIOD_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_ROWS = 10;

export function configure(command: Command): Command {
  addTargetOptions(command)
    .option('--rounds <n>', 'how many snapshots to take', positiveInteger, DEFAULT_ROUNDS)
    .option('--every <time>', 'the time of a round (default: 10s)', period)
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
  return addExamples(addForceOption(addSourceMapOptions(addFilterOptions(addTracingOptions(command)))), [
    ['tracemalloc leaks 4711', 'six rounds of ten seconds; ends with 3 if a line leaks'],
    ["tracemalloc leaks src/server.ts --each 'npx autocannon -a 2000 http://localhost:3000'", 'a round is 2,000 requests'],
  ]);
}

export async function run([name]: readonly string[], values: LeaksValues, console: Console): Promise<number> {
  const { target, label } = targetOf(name, values);
  const start = startOptions(values);
  check(values);
  const rules = ignoreRules(values.ignore, console.cwd);
  const mapper = sourceMapperOf(values, console);
  const output = values.output === undefined ? undefined : await claimOutput(values.output, values, console);
  const interruption = firstInterruption();
  const builder = new LifetimesBuilder();
  try {
    const isWhole = await whileTracing({ target, start, console }, async (tracer) => {
      const over = Promise.race([interruption.came, tracer.closed]);
      const pause = pausesOf(tracer, { label, interrupted: interruption.came, console });
      const due: RoundDue = async (number) => {
        if (number > values.rounds) return false;
        if (values.each === undefined) return await pause(values.every ?? DEFAULT_PERIOD_MS, `round ${number} of ${values.rounds}`);
        return await runRoundCommand(values.each, { timeoutMs: values.timeout, over, console });
      };
      await takeRounds(tracer, { due, onRound: ({ snapshot }) => builder.add(snapshot), console });
      return tracer.isTracing();
    });
    if (!isWhole) writeLines(console.err, ['the program has ended: the verdict is that of the rounds so far']);
  } finally {
    interruption.ignore();
  }
  if (builder.length === 0) {
    writeLines(console.err, ['there is no round, and so no verdict']);
    return FAILED;
  }
  const series = new Series(builder.build());
  if (output !== undefined) {
    series.dump(output, { followLinks: false });
    writeLines(console.err, [`series saved as ${printable(output)}`]);
  }
  const shown = filteredSeries(series, values, { mapper, cwd: console.cwd });
  return report(shown, { values, rules, console });
}

/** @throws UsageError for options that do not fit together */
function check(values: LeaksValues): void {
  checkOwn(values);
  checkTypes(values);
  if (values.every !== undefined && values.each !== undefined)
    throw new UsageError('a round is either a time (--every) or a run of a command (--each); leave one out');
  if (values.rounds < values.warmup + LEAST_ROUNDS)
    throw new UsageError(`a leak takes ${LEAST_ROUNDS} rounds after the warm-up: give --rounds ${values.warmup + LEAST_ROUNDS} or more`);
}

interface Reporting {
  readonly values: LeaksValues;
  readonly rules: readonly IgnoreRule[];
  readonly console: Console;
}

/** @returns the exit code */
function report(series: Series, { values, rules, console }: Reporting): number {
  const { groupBy: keyType, warmup, json, top = DEFAULT_ROWS } = values;
  const { out, err, cwd } = console;
  const all = series.growth(keyType, { warmup });
  const isIgnored = ({ traceback }: Growth) => rules.some((rule) => rule.matches(traceback));
  const growth = all.filter((one) => !isIgnored(one));
  const leaks = growth.filter(({ verdict }) => verdict === 'leaks');
  const isGitHub = process.env.GITHUB_ACTIONS === 'true';
  const sentences = leaks.map((leak) => leakSentence(leak, { keyType, cwd, warmup }));
  if (json) out.write(jsonText(growthJson(growth, keyType, series.rounds)));
  else {
    const options = { keyType, cumulative: false, top, cwd, width: widthOfTerminal(out), colours: coloursOf(out, values) };
    writeLines(out, [`${series.rounds.length} rounds, the first ${warmup} for warming up`, '', ...growthTable(growth, options)]);
    if (sentences.length > 0) writeLines(out, ['', ...sentences]);
  }
  if (isGitHub && leaks.length > 0)
    writeLines(
      err,
      leaks.map((leak, i) => annotation(leak, sentences[i]!)),
    );
  const unused = rules.filter((rule) => !all.some(({ verdict, traceback }) => verdict === 'leaks' && rule.matches(traceback)));
  for (const { text } of unused) writeLines(err, [`${printable(text)} is ignored, but does not leak any more`]);
  const hasEnough = series.rounds.length >= warmup + LEAST_ROUNDS;
  if (leaks.length > 0) return LEAKS;
  if (hasEnough) return 0;
  writeLines(err, [`${series.rounds.length} rounds are too few to tell a leak: it takes ${warmup + LEAST_ROUNDS}`]);
  return FAILED;
}

/** A line that GitHub shows beside the source. */
function annotation({ traceback }: Growth, sentence: string): string {
  const { filename, lineno } = traceback.frames.at(-1)!;
  const escaped = (text: string) =>
    text.replace(/[%\r\n:,]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return `::error file=${escaped(filename)},line=${lineno}::${sentence.replace(/[%\r\n]/g, ' ')}`;
}
