import * as z from 'zod/mini';
import type { Ledger } from '../../ledger/ledger.js';
import { ledgerAnswer, MEMORY_COLUMNS } from '../../report/markdown/ledger-answer.js';
import { documentOf } from '../command/document-of.js';
import { allowedTarget } from '../permissions/allowed-target.js';
import { MEMORY_ROW, output, target } from './fields.js';
import type { Tool } from './tool.js';
import { MOST_ROWS, toolAnswer } from './tool-answer.js';

const INPUT = z.strictObject({
  target,
  gc: z.optional(z.boolean()).check(z.describe('collect garbage to tell it from what is alive; stops the program for a moment')),
});

export const memoryTool: Tool<typeof INPUT> = {
  name: 'memory',
  title: 'Parts of the resident memory',
  description:
    'Says what the resident memory (rss) of a process consists of: heap, Buffers, code, libraries, malloc and so on. ' +
    'Call it to see whether the JavaScript heap is the problem at all.',
  input: INPUT,
  output: output(MEMORY_ROW, { rss: z.number() }),
  isReadOnly: true,
  answer: async (input, { permissions, run }) => {
    const { words: named, label } = await allowedTarget(input.target, permissions);
    const words = ['memory', ...named, ...(input.gc ? ['--gc'] : [])];
    const result = await run([...words, '--json']);
    const ledger = documentOf<Ledger>(result);
    return toolAnswer(ledgerAnswer(ledger, { top: MOST_ROWS, label }), MEMORY_COLUMNS, {
      words,
      said: result.stderr,
      fields: { rss: ledger.rss },
    });
  },
};
