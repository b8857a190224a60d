import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { DebuggerDomain } from '../../../../src/protocol/debugger-domain.js';
import { Session } from '../../../../src/protocol/session.js';
import { ScriptWatch } from '../../../../src/tracing/isolate/script-watch.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const TEXT = 'function fill() {\n  return [];\n}\nkeep(() => [], fill());\nkeep(() => {});';

function watched({ hasOwnConnection = true } = {}) {
  const answers = Object.fromEntries(
    ['enable', 'disable', 'setSkipAllPauses', 'setBreakpoint', 'resume'].map((name) => [`Debugger.${name}`, () => ({})]),
  );
  const transport = new FakeTransport({ ...answers, 'Debugger.getScriptSource': () => ({ scriptSource: TEXT }) });
  const session = new Session(transport, { label: 'app.js' });
  const domain = new DebuggerDomain(session);
  const trueLines = { codeOf: (name: string) => (name.startsWith('/ours/') ? 'own' : 'program') } as never;
  const watch = new ScriptWatch({ session, domain, trueLines, hasOwnConnection, learnsScripts: true });
  const load = (scriptId: string, url: string, isModule = false) => transport.emit('Debugger.scriptParsed', { scriptId, url, isModule });
  const sent = () => transport.posted.splice(0).map(({ method, params }) => `${method.split('.')[1]} ${JSON.stringify(params)}`);
  return { watch, load, sent, transport };
}

const READING = {
  kind: 'samples',
  liveBytes: 0,
  interval: 1,
  blocks: null,
  profile: {
    samples: [],
    head: {
      id: 1,
      selfSize: 0,
      children: [],
      callFrame: { functionName: 'fill', scriptId: '7', url: '', lineNumber: -1, columnNumber: -1 },
    },
  },
} as const;

it('watches a program that starts until it has loaded its own scripts', async () => {
  const { watch, load, sent } = watched();
  await watch.start({ isPaused: true });
  expect(sent()).toHaveLength(2);
  load('1', 'node:internal/main');
  load('2', 'file:///ours/preload.cjs');
  await jest.advanceTimersByTimeAsync(5000);
  load('3', '/app/main.cjs');
  await jest.advanceTimersByTimeAsync(1000);
  load('4', '/app/late.cjs');
  await jest.advanceTimersByTimeAsync(1000);
  expect(sent()).toEqual([]);
  await jest.advanceTimersByTimeAsync(1000);
  expect(sent()).toEqual(['disable {}']);
});

it('asks a running program for a moment, and a worker not at all before it is read', async () => {
  const running = watched();
  await running.watch.start({ isPaused: false });
  expect(running.sent().at(-1)).toBe('disable {}');
  const worker = watched({ hasOwnConnection: false });
  await worker.watch.start({ isPaused: true });
  expect(worker.sent()).toEqual([]);
});

it('finds the place of a function in a script that was collected', async () => {
  const { watch, load } = watched();
  await watch.start({ isPaused: true });
  load('7', '/app/main.cjs');
  const { collected } = await watch.during(async () => READING, { isLast: false });
  const script = collected.get('7')!;
  expect(script.url).toBe('/app/main.cjs');
  expect(script.startOf('fill', 'same script')).toEqual({ lineNumber: 0, columnNumber: 13 });
  expect(script.startOf('', 'loader')).toEqual({ lineNumber: 0, columnNumber: 0 });
  expect(script.startOf('', 'same script')).toBeNull(); // either of the two
  expect(script.startOf('', 'elsewhere')).toBeNull();
  await watch.stop();
});

it('keeps the scripts of the program at its end', async () => {
  const { watch, load, sent } = watched();
  await watch.start({ isPaused: true });
  load('1', 'node:internal/main');
  load('7', '/app/main.cjs');
  load('8', '/app/node_modules/package/index.js');
  load('9', 'file:///app/kept.mjs', true);
  sent();
  await watch.during(async () => READING, { isLast: true });
  expect(sent().filter((line) => line.startsWith('setBreakpoint'))).toEqual([
    'setBreakpoint {"location":{"scriptId":"7","lineNumber":0,"columnNumber":0}}',
  ]);
  await watch.stop();
});
