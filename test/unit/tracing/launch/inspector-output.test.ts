import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { withoutInspectorNotices } from '../../../../src/tracing/launch/inspector-output.js';

const START = 'Debugger listening on ws://127.0.0.1:4000/id\nFor help, see: https://nodejs.org/en/docs/inspector\nDebugger attached.\n';
const WAITING = 'Waiting for the debugger to disconnect...\n';
const ENDING = 'Debugger ending on ws://127.0.0.1:4000/id\nFor help, see: https://nodejs.org/en/docs/inspector\n';

async function passed(text: string, chunkSize = text.length): Promise<{ text: string; urls: string[] }> {
  const urls: string[] = [];
  const filter = withoutInspectorNotices((url) => urls.push(url));
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += chunkSize) filter.write(bytes.subarray(at, at + chunkSize));
  filter.end();
  return { text: (await buffer(filter)).toString('latin1'), urls };
}

test.each([
  ['nothing of the program', START + WAITING, ''],
  ['lines between', `a\n${START}b\n${WAITING}`, 'a\nb\n'],
  ['bytes that are no UTF-8', `${START}\u00ff\u00fe\u0000\r\n${WAITING}`, '\u00ff\u00fe\u0000\r\n'],
  ['a last line without its end', `${START}no end${WAITING}`, 'no end'],
  ['the beginning of a notice', `${START}Waiting for you\nWaiting for the deb`, 'Waiting for you\nWaiting for the deb'],
  ['Windows line ends', (START + WAITING).replaceAll('\n', '\r\n'), ''],
  ['we left before its end', START + ENDING, ''],
  ["another program's notices", START + START + WAITING + WAITING + ENDING + ENDING, START + WAITING + ENDING],
  ['help that follows no notice', `${START}For help, see: https://nodejs.org/x\n`, 'For help, see: https://nodejs.org/x\n'],
])('%s, in pieces of any size', async (_, input, expected) => {
  for (const size of [1, 2, 3, 7, 50, input.length]) {
    const { text, urls } = await passed(input, size);
    expect(text).toBe(expected);
    expect(urls).toEqual(['ws://127.0.0.1:4000/id']);
  }
});

test('only text that may become a notice is delayed', () => {
  const filter = withoutInspectorNotices(() => {});
  filter.write('Name? ');
  expect(String(filter.read())).toBe('Name? ');
  filter.write('x D');
  expect(String(filter.read())).toBe('x ');
  filter.write('one');
  expect(String(filter.read())).toBe('Done');
});

test('notices that come only once are expected again when that changes', async () => {
  let isOnce = true;
  const filter = withoutInspectorNotices(() => {}, { isOnce: () => isOnce });
  filter.write(`${START}Debugger attached.\n`);
  isOnce = false;
  filter.end(`a\nDebugger attached.\n${WAITING}`);
  expect(String(await buffer(filter))).toBe('Debugger attached.\na\n');
});
