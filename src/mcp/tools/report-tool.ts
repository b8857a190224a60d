import { existsSync, statSync } from 'node:fs';
import * as z from 'zod/mini';
import { code } from '../../report/markdown/markdown-text.js';
import { formatSize } from '../../text/size-format.js';
import { failureOf } from '../command/document-of.js';
import { file, output } from './fields.js';
import type { Tool } from './tool.js';
import { toolAnswer } from './tool-answer.js';

const INPUT = z.strictObject({
  snapshot: file('a handle, or a .tmsnap, .tmseries, .heapprofile or .heapsnapshot file'),
  since: z.optional(file('an earlier one: shows what changed')),
  output: z.optional(file('the HTML file to write; default: beside the handles. An existing file is not replaced')),
});

export const reportTool: Tool<typeof INPUT> = {
  name: 'report',
  title: 'Write an HTML report',
  description: 'Writes an HTML page of a snapshot, with a flame graph and tables, for a person to open in a browser. Returns its path.',
  input: INPUT,
  output: output(z.strictObject({ path: z.string(), bytes: z.number() })),
  isReadOnly: false,
  answer: async (input, { paths, folder, newFile, run }) => {
    const snapshot = paths.input(input.snapshot, folder);
    const since = input.since === undefined ? [] : [`--diff=${paths.input(input.since, folder)}`];
    const path = input.output === undefined ? newFile('report', '.html') : paths.output(input.output);
    const words = ['report', snapshot, ...since, `--output=${path}`];
    const result = await run(words);
    if (result.code !== 0 || !existsSync(path)) throw failureOf(result);
    const { size: bytes } = statSync(path);
    const finding = `The report is ${code(path)} (${formatSize(bytes)}); it needs no other file and no network.`;
    return toolAnswer({ finding, rows: [{ path, bytes }], notes: [], leftOut: [] }, [], { words, said: result.stderr });
  },
};
