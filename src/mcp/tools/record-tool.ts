import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as z from 'zod/mini';
import { UsageError } from '../../errors.js';
import { STATISTIC_COLUMNS, type StatisticsDocument, statisticsAnswer } from '../../report/markdown/statistics-answer.js';
import { documentOf, failureOf } from '../command/document-of.js';
import { allowedTarget } from '../permissions/allowed-target.js';
import { key, labels, lines, mode, output, STATISTIC_ROW, target } from './fields.js';
import type { Tool, ToolAnswer, ToolContext } from './tool.js';
import { MOST_ROWS, toolAnswer } from './tool-answer.js';
import { tracingWords } from './tracing-words.js';

const INPUT = z.strictObject({
  target: z.optional(target),
  program: z
    .optional(z.array(z.string()).check(z.minLength(1), z.maxLength(100)))
    .check(z.describe('instead of target: a script and its arguments, to start it (needs --allow-run)')),
  seconds: z.optional(z.number().check(z.gte(0.1), z.lte(3600))).check(z.describe('how long; default 10, and 60 at most for a program')),
  marks: z.optional(z.boolean()).check(z.describe('of a program: one more snapshot at each debugger statement that it passes')),
  mode,
  lines,
  labels,
  key,
});
type Input = z.infer<typeof INPUT>;

const DEFAULT_SECONDS = 10;
const DEFAULT_PROGRAM_SECONDS = 60;

export const recordTool: Tool<typeof INPUT> = {
  name: 'record',
  title: 'Record allocations',
  description:
    'Traces a process (or a program that it starts) for a time, saves a snapshot, and says which lines hold what was allocated and is alive. ' +
    'The handle is for top_lines and report. For a leak, call leaks instead.',
  input: INPUT,
  output: output(STATISTIC_ROW, { total: z.number(), snapshots: z.optional(z.array(z.string())) }),
  isReadOnly: false,
  answer: async (input, context) => {
    if ((input.target === undefined) === (input.program === undefined)) throw new UsageError('give either target or program');
    return input.program === undefined ? await ofProcess(input, context) : await ofProgram(input, context);
  },
};

async function ofProcess(input: Input, context: ToolContext): Promise<ToolAnswer> {
  if (input.marks) throw new UsageError('marks are for a program that record starts; leave marks out');
  const { words: named } = await allowedTarget(input.target!, context.permissions);
  const handle = context.newFile('record', '.tmsnap');
  const words = ['attach', ...named, `--duration=${input.seconds ?? DEFAULT_SECONDS}s`, ...tracingWords(input), ...keyWords(input)];
  const all = [...words, `--output=${handle}`];
  const result = await context.run([...all, '--json', `--top=${MOST_ROWS}`]);
  const document = documentOf<StatisticsDocument>(result);
  return answerOf(document, { words: all, handle, said: result.stderr, context });
}

async function ofProgram(input: Input, context: ToolContext): Promise<ToolAnswer> {
  if (!context.permissions.allowRun) throw new UsageError('the server may not start programs; start it with --allow-run');
  const handle = context.newFile('record', '.tmsnap');
  const options = [...tracingWords(input), ...keyWords(input), ...(input.marks ? ['--marks'] : []), `--output=${handle}`];
  const words = ['run', ...options, '--', ...input.program!];
  const seconds = input.seconds ?? DEFAULT_PROGRAM_SECONDS;
  const result = await context.run(words, seconds * 1000);
  if (!existsSync(handle)) throw failureOf(result);
  const document = documentOf<StatisticsDocument>(await context.run(['stats', handle, ...keyWords(input), '--json', `--top=${MOST_ROWS}`]));
  return answerOf(document, { words, handle, said: [], snapshots: snapshotsOf(handle), context });
}

interface Recorded {
  readonly words: readonly string[];
  readonly handle: string;
  readonly said: readonly string[];
  readonly snapshots?: readonly string[];
  readonly context: ToolContext;
}

function answerOf(document: StatisticsDocument, { words, handle, said, snapshots = [], context }: Recorded): ToolAnswer {
  const answer = statisticsAnswer(document, { top: MOST_ROWS, ...context.shown });
  const marks = snapshots.length === 0 ? [] : [`Snapshots at marks: ${snapshots.join(', ')}; compare them with top_lines.`];
  const fields = { total: document.total.size, ...(snapshots.length > 0 && { snapshots }) };
  return toolAnswer({ ...answer, leftOut: [...answer.leftOut, ...marks] }, STATISTIC_COLUMNS, { words, handle, said, fields });
}

/** The snapshots at marks: `record-1.tmsnap.1`. */
function snapshotsOf(handle: string): string[] {
  const own = basename(handle);
  return readdirSync(dirname(handle))
    .filter((name) => name.startsWith(`${own}.`) && /^\.\d+$/.test(name.slice(own.length)))
    .sort((a, b) => Number(a.slice(own.length + 1)) - Number(b.slice(own.length + 1)));
}

function keyWords(input: Pick<Input, 'key'>): string[] {
  return input.key === undefined ? [] : [`--group-by=${input.key}`];
}
