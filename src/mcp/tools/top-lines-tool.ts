import * as z from 'zod/mini';
import { UsageError } from '../../errors.js';
import { STATISTIC_COLUMNS, type StatisticsDocument, statisticsAnswer } from '../../report/markdown/statistics-answer.js';
import { documentOf } from '../command/document-of.js';
import { file, key, output, patterns, STATISTIC_ROW } from './fields.js';
import type { Tool } from './tool.js';
import { MOST_ROWS, toolAnswer } from './tool-answer.js';

const INPUT = z.strictObject({
  snapshot: file('a handle, or a .tmsnap, .tmseries (FILE@2 is round 2), .heapprofile or .heapsnapshot file'),
  since: z.optional(file('an earlier one: says what changed')),
  survivors: z.optional(z.boolean()).check(z.describe('with since: what was allocated after it and is alive')),
  key,
  cumulative: z.optional(z.boolean()).check(z.describe('count a trace for every frame of its stack')),
  include: patterns,
  exclude: patterns,
  label: z.optional(z.string()).check(z.describe("only what was allocated for labels that match: 'GET /users/*'")),
});

export const topLinesTool: Tool<typeof INPUT> = {
  name: 'top_lines',
  title: 'Largest lines of a snapshot',
  description:
    'Says which lines (or functions, packages, types, labels, stacks, threads) hold the memory in a snapshot, or what changed since an earlier one.',
  input: INPUT,
  output: output(STATISTIC_ROW, { total: z.number() }),
  isReadOnly: true,
  answer: async (input, { paths, folder, run, shown }) => {
    const { since, survivors, include = [], exclude = [], label, cumulative } = input;
    if (survivors && since === undefined) throw new UsageError('survivors needs since, the earlier snapshot');
    const snapshot = paths.input(input.snapshot, folder);
    const words = [
      ...(since === undefined ? ['stats', snapshot] : ['diff', paths.input(since, folder), snapshot]),
      ...(survivors ? ['--survivors'] : []),
      ...(input.key === undefined ? [] : [`--group-by=${input.key}`]),
      ...(cumulative ? ['--cumulative'] : []),
      ...include.map((pattern) => `--include=${pattern}`),
      ...exclude.map((pattern) => `--exclude=${pattern}`),
      ...(label === undefined ? [] : [`--only-label=${label}`]),
    ];
    const result = await run([...words, '--json', `--top=${MOST_ROWS}`]);
    const document = documentOf<StatisticsDocument>(result);
    const answer = statisticsAnswer(document, { top: MOST_ROWS, ...shown });
    const said = result.stderr.filter((line) => !document.notes.includes(line));
    return toolAnswer(answer, STATISTIC_COLUMNS, { words, said, fields: { total: document.total.size } });
  },
};
