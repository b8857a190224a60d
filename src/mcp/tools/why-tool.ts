import * as z from 'zod/mini';
import { UsageError } from '../../errors.js';
import { parseWhat } from '../../heap-graph/paths/what.js';
import {
  type BuffersDocument,
  buffersAnswer,
  HOLDER_COLUMNS,
  type HoldersDocument,
  holdersAnswer,
} from '../../report/markdown/holders-answer.js';
import { documentOf } from '../command/document-of.js';
import { allowedTarget } from '../permissions/allowed-target.js';
import { file, HOLDER_ROW, lines, output, target } from './fields.js';
import type { Tool, ToolContext } from './tool.js';
import { toolAnswer } from './tool-answer.js';

const INPUT = z.strictObject({
  target: z.optional(target),
  file: z.optional(file('instead of target: a .heapsnapshot or .heaptimeline file')),
  what: z
    .optional(z.string().check(z.minLength(1), z.maxLength(2000)))
    .check(z.describe('a place (src/app.js:15: what was allocated there), a type (Session), @id, or an expression (needs --allow-eval)')),
  buffers: z
    .optional(z.boolean())
    .check(z.describe('instead of what: who holds the memory of Buffers and other memory outside of the heap')),
  seconds: z
    .optional(z.number().check(z.gte(0.1), z.lte(600)))
    .check(z.describe('how long objects are traced for their places; default 5')),
  lines,
  force: z
    .optional(z.boolean())
    .check(z.describe('also if the process may lack the memory for a heap snapshot, or will stand still for long')),
});
type Input = z.infer<typeof INPUT>;

const MOST_PATHS = 5;

export const whyTool: Tool<typeof INPUT> = {
  name: 'why',
  title: 'Say who holds objects',
  description:
    'Says what keeps objects alive: the path from a root, the holder that alone keeps them, and where that was made. ' +
    'Takes a heap snapshot, for which the process stands still.',
  input: INPUT,
  output: output(HOLDER_ROW, { count: z.number(), bytes: z.number() }),
  isReadOnly: false,
  answer: async (input, context) => {
    const { what, buffers = false } = input;
    if ((what === undefined) !== buffers) throw new UsageError('give either what, or buffers: true');
    const words = await wordsOf(input, context);
    const result = await context.run([...words.slice(0, 1), '--json', ...words.slice(1)]);
    const document = documentOf<HoldersDocument | BuffersDocument>(result);
    const answer = 'what' in document ? holdersAnswer(document, context.shown) : buffersAnswer(document, context.shown);
    const fields = { count: document.count, bytes: document.size };
    return toolAnswer(answer, HOLDER_COLUMNS, { words, said: result.stderr, fields });
  },
};

async function wordsOf(input: Input, context: ToolContext): Promise<string[]> {
  const { what, buffers = false, seconds } = input;
  const asked = buffers ? ['--buffers'] : [];
  const last = what === undefined ? [] : ['--', what];
  if ((input.target === undefined) === (input.file === undefined)) throw new UsageError('give either target or file');
  if (input.file !== undefined) {
    if (seconds !== undefined || input.lines !== undefined || input.force)
      throw new UsageError('seconds, lines and force are for a target; leave them out');
    const path = context.paths.input(input.file, context.folder);
    return ['why', `--top=${MOST_PATHS}`, ...asked, ...(what === undefined ? [path] : ['--', path, what])];
  }
  if (what !== undefined && parseWhat(what).kind === 'expression' && !context.permissions.allowEval)
    throw new UsageError(
      'the server may not evaluate expressions in the target: name a place, a type or an @id, or start it with --allow-eval',
    );
  const { words } = await allowedTarget(input.target!, context.permissions);
  const options = [
    `--top=${MOST_PATHS}`,
    ...asked,
    ...(seconds === undefined ? [] : [`--for=${seconds}s`]),
    ...(input.lines === undefined ? [] : [input.lines ? '--lines' : '--no-lines']),
    ...(input.force ? ['--yes'] : []),
  ];
  return ['why', ...words, ...options, ...last];
}
