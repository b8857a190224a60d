import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { OWN_PROCESS } from '../../../../src/discovery/running-programs.js';
import { spawnStderrShell } from '../../../../src/tracing/launch/stderr-shell.js';
import { repoPath } from '../../../helpers/paths.js';

const PROCESS = repoPath('dist/src/tracing/launch/stderr-process.js');
const LISTENING = 'Debugger listening on ws://127.0.0.1:4000/id\n';
const HELP = 'For help, see: https://nodejs.org/en/docs/inspector\n';
const START = LISTENING + HELP;
const ATTACHED = 'Debugger attached.\n';
const WAITING = 'Waiting for the debugger to disconnect...\n';

interface Piece {
  readonly earlier: string;
  /** What the program writes. */
  readonly output: string;
  readonly file?: string;
}

async function passed({ earlier, output, file = PROCESS }: Piece): Promise<{ text: string; code: number | null }> {
  const shell = spawnStderrShell(file, { args: [String(process.pid)], stdio: ['pipe', 'pipe', 'ignore'], earlier: Buffer.from(earlier) });
  shell.stdin!.end(Buffer.from(output, 'latin1'));
  const [bytes] = await Promise.all([buffer(shell.stdout!), once(shell, 'exit')]);
  return { text: bytes.toString('latin1'), code: shell.exitCode };
}

test.each([
  ['nothing', START + ATTACHED, ''],
  ['the last notice', START + ATTACHED, WAITING],
  ['the notices that are still to come', START, ATTACHED + WAITING],
  ['help that comes late', LISTENING, HELP + ATTACHED + WAITING],
])('no process is started for %s', async (_, earlier, output) => {
  expect(await passed({ earlier, output, file: '/no/such/file' })).toEqual({ text: '', code: 0 });
});

test.each([
  [
    'bytes of any value, without a last newline',
    START + ATTACHED,
    'a\0\u00ff\u00fe\r\n%s \\n "$1" `x`',
    'a\0\u00ff\u00fe\r\n%s \\n "$1" `x`',
  ],
  ['text before a notice', START + ATTACHED, `no end${WAITING}`, 'no end'],
  ['text after a notice', START, `${ATTACHED}b\n${WAITING}`, 'b\n'],
  ['the rest of half a notice', `${START}Debugger att`, `ached.\nb\n`, 'b\n'],
  ['the text of a notice that came', START + ATTACHED, ATTACHED + WAITING, ATTACHED],
  ['more than fits in one read', START + ATTACHED, 'line\n'.repeat(50_000), 'line\n'.repeat(50_000)],
])('%s', async (_, earlier, output, expected) => {
  expect(await passed({ earlier, output })).toEqual({ text: expected, code: 0 });
});

test('the process that the shell becomes is known as ours', async () => {
  const shell = spawnStderrShell(PROCESS, {
    args: [String(process.pid)],
    stdio: ['pipe', 'pipe', 'ignore'],
    earlier: Buffer.from(START + ATTACHED),
  });
  const ended = once(shell, 'exit');
  shell.stdin!.write('a\n');
  await once(shell.stdout!, 'data');
  expect(readFileSync(`/proc/${shell.pid}/cmdline`, 'utf8').split('\0')[0]).toBe(OWN_PROCESS);
  shell.stdin!.end();
  await ended;
});
