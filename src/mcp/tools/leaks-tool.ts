import * as z from 'zod/mini';
import { UsageError } from '../../errors.js';
import { GROWTH_COLUMNS, type GrowthDocument, growthAnswer } from '../../report/markdown/growth-answer.js';
import { documentOf } from '../command/document-of.js';
import { allowedTarget } from '../permissions/allowed-target.js';
import { GROWTH_ROW, key, labels, lines, mode, output, patterns, target } from './fields.js';
import type { Tool } from './tool.js';
import { MOST_ROWS, toolAnswer } from './tool-answer.js';
import { tracingWords } from './tracing-words.js';

const INPUT = z.strictObject({
  target,
  rounds: z.optional(z.int().check(z.gte(6), z.lte(100))).check(z.describe('default 6')),
  seconds: z
    .optional(z.number().check(z.gte(0.1), z.lte(3600)))
    .check(z.describe('of a round; default 5. The program must do its usual work meanwhile')),
  each: z
    .optional(z.string().check(z.minLength(1), z.maxLength(4000)))
    .check(z.describe('a command of the shell to run a round, such as a load generator (needs --allow-run)')),
  mode,
  lines,
  labels,
  key,
  exclude: patterns,
});

const DEFAULT_SECONDS = 5;

export const leaksTool: Tool<typeof INPUT> = {
  name: 'leaks',
  title: 'Find leaks',
  description:
    'Takes several snapshots of a process at work and says which lines leak, how much a round, and how sure that is. ' +
    'Takes rounds × seconds. Then ask why with the place that it names.',
  input: INPUT,
  output: output(GROWTH_ROW, { leaks: z.number(), rounds: z.number() }),
  isReadOnly: false,
  answer: async (input, { permissions, newFile, run, shown }) => {
    const { each, seconds, rounds, exclude = [] } = input;
    if (each !== undefined && seconds !== undefined)
      throw new UsageError('a round is either a time (seconds) or a command (each); leave one out');
    if (each !== undefined && !permissions.allowRun)
      throw new UsageError('the server may not run commands; start it with --allow-run, or leave each out');
    const { words: named } = await allowedTarget(input.target, permissions);
    const handle = newFile('leaks', '.tmseries');
    const words = [
      'leaks',
      ...named,
      ...(rounds === undefined ? [] : [`--rounds=${rounds}`]),
      each === undefined ? `--every=${seconds ?? DEFAULT_SECONDS}s` : `--each=${each}`,
      ...tracingWords(input),
      ...(input.key === undefined ? [] : [`--group-by=${input.key}`]),
      ...exclude.map((pattern) => `--exclude=${pattern}`),
      `--output=${handle}`,
    ];
    const result = await run([...words, '--json']);
    const document = documentOf<GrowthDocument>(result);
    const answer = growthAnswer(document, { top: MOST_ROWS, ...shown });
    const fields = { leaks: document.leaks, rounds: document.rounds.length };
    return toolAnswer(answer, GROWTH_COLUMNS, { words, handle, said: result.stderr, fields });
  },
};
