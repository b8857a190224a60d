import { expect, jest, test } from '@jest/globals';
import { DebuggerDomain } from '../../../../src/protocol/debugger-domain.js';
import { Session } from '../../../../src/protocol/session.js';
import { Marks } from '../../../../src/tracing/watch/marks.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

const SOURCE = 'work();\n  debugger;\nwork();';
const settled = () => new Promise((resolve) => setImmediate(resolve));

async function watching(options: { resumeAtStart?: boolean; answers?: Record<string, () => unknown> } = {}) {
  const transport = new FakeTransport({
    'Debugger.enable': () => ({}),
    'Debugger.disable': () => ({}),
    'Debugger.resume': () => ({}),
    'Debugger.getScriptSource': () => ({ scriptSource: SOURCE }),
    'Runtime.releaseObjectGroup': () => ({}),
    ...options.answers,
  });
  const session = new Session(transport, { label: 'test' });
  const marks = new Marks(session, { domain: new DebuggerDomain(session), resumeAtStart: options.resumeAtStart ?? false });
  const listener = jest.fn<(label: string) => void>();
  marks.add(listener);
  await marks.sync();
  const sent = () => transport.posted.map(({ method }) => method.replace(/^\w+\./, ''));
  return { transport, marks, listener, sent };
}

function pause(lineNumber: number, columnNumber: number, rest: object = {}) {
  return { reason: 'other', hitBreakpoints: [], callFrames: [{ url: '', location: { scriptId: '9', lineNumber, columnNumber } }], ...rest };
}

test('the Debugger is enabled only while there is a listener', async () => {
  const { marks, listener, sent } = await watching();
  await marks.sync();
  marks.remove(listener);
  await marks.sync();
  await marks.sync();
  expect(sent()).toEqual(['enable', 'disable']);
  expect(marks.isWatching).toBe(false);
});

test('a debugger statement is named by its script, 1-based, and then left', async () => {
  const { transport, listener, sent } = await watching();
  transport.emit('Debugger.scriptParsed', { scriptId: '9', url: 'file:///app/leak%20here.js' });
  transport.emit('Debugger.paused', pause(1, 2));
  await settled();
  expect(listener.mock.calls).toEqual([['/app/leak here.js:2']]);
  expect(sent()).toEqual(['enable', 'getScriptSource', 'resume']);
});

const FIRST_LINE = { reason: 'ambiguous', data: { reasons: [{ reason: 'Break on start' }, { reason: 'other' }] } };

test('a debugger statement that is the first line of our program', async () => {
  const { transport, listener, sent } = await watching({ resumeAtStart: true });
  transport.emit('Debugger.scriptParsed', { scriptId: '9', url: 'file:///app/main.js' });
  transport.emit('Debugger.paused', pause(1, 2, FIRST_LINE));
  await settled();
  expect(listener.mock.calls).toEqual([['/app/main.js:2']]);
  expect(sent()).toEqual(['enable', 'getScriptSource', 'resume']);
});

test.each([
  ['the first line of a program that is not ours, a debugger statement,', pause(1, 2, FIRST_LINE)],
  ['a breakpoint', pause(1, 2, { hitBreakpoints: ['1:2'] })],
  ['an exception', pause(1, 2, { reason: 'exception' })],
  ['a step', pause(0, 0)],
  ['the first line of a program that is not ours', pause(0, 0, { reason: 'Break on start' })],
  ['no frame', pause(0, 0, { callFrames: [] })],
])('%s is not ours to end', async (_, event) => {
  const { transport, listener, sent } = await watching();
  transport.emit('Debugger.paused', event);
  await settled();
  expect(listener).not.toHaveBeenCalled();
  expect(sent()).not.toContain('resume');
});

test('the pause before the first line of our own program is', async () => {
  const { transport, listener, sent } = await watching({ resumeAtStart: true });
  transport.emit('Debugger.paused', pause(0, 0, { reason: 'Break on start' }));
  await settled();
  expect(listener).not.toHaveBeenCalled();
  expect(sent().at(-1)).toBe('resume');
});

test('if the last listener removes itself in its call, nothing is resumed', async () => {
  const { transport, marks, listener, sent } = await watching();
  const once = async () => {
    marks.remove(once);
    await marks.sync();
  };
  marks.remove(listener);
  marks.add(once);
  transport.emit('Debugger.paused', pause(1, 2));
  await settled();
  expect(sent()).toEqual(['enable', 'getScriptSource', 'disable', 'releaseObjectGroup']);
});
