import { describe, expect, test } from '@jest/globals';
import { DebuggerDomain } from '../../../../src/protocol/debugger-domain.js';
import { Session } from '../../../../src/protocol/session.js';
import { FirstLine } from '../../../../src/tracing/launch/first-line.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));
const END = ['NodeRuntime.waitingForDisconnect', {}] as const;
const paused = (reason = 'Break on start') =>
  ['Debugger.paused', { reason, callFrames: [{ url: '', location: { scriptId: '1', lineNumber: 0 } }] }] as const;
const parsed = (url: string, isModule = false) => ['Debugger.scriptParsed', { scriptId: '1', url, isModule }] as const;

async function watched({ isPausedThere = true, hasMarks = false } = {}) {
  const answers = ['enable', 'disable', 'resume', 'setSkipAllPauses'].map((name) => [`Debugger.${name}`, () => ({})] as const);
  const transport = new FakeTransport({ ...Object.fromEntries(answers), 'Runtime.releaseObjectGroup': () => ({}) });
  const session = new Session(transport, { label: 'test' });
  const domain = new DebuggerDomain(session);
  if (hasMarks) await domain.enter({ pausing: true, doing: 'waiting for marks' });
  const firstLine = new FirstLine(session, domain, { names: new Set(['/app/main.mjs', 'main.mjs']), isPausedThere });
  await firstLine.watch();
  const play = async (...events: readonly (readonly [string, object])[]) => {
    for (const event of events) {
      transport.emit(...event);
      await settled();
    }
  };
  return { firstLine, play, sent: () => transport.posted.map(({ method }) => method.split('.')[1]) };
}

describe('a program that runs', () => {
  test.each([
    ['a module', [parsed('file:///app/main.mjs', true), paused()]],
    [
      'a module whose first line is in one that it imports',
      [parsed('file:///app/main.mjs', true), parsed('file:///app/a.mjs', true), paused()],
    ],
    ['a script, which runs when it is read', [parsed('/app/main.mjs')]],
    ['under the name that a loader gives it', [parsed('file:///cache/main.mjs?v=1')]],
    ['after a preload at which node has paused', [paused(), parsed('/app/main.mjs', true)]],
    ['after a pause of a preload', [paused('other'), parsed('/app/main.mjs', true)]],
  ])('%s', async (_, events) => {
    const { firstLine, play, sent } = await watched();
    await play(...events);
    expect(sent().filter((name) => name === 'disable')).toHaveLength(1); // the Debugger goes off, which ends every pause
    await play(END);
    expect(firstLine.isMissed).toBe(false);
  });
});

describe('a program that does not run', () => {
  test.each([
    ['node does not find it', []],
    ['it cannot be read', [parsed('/app/preload.cjs')]],
    ['it cannot be linked', [parsed('file:///app/main.mjs', true)]],
    ['the same after a preload', [paused()]],
  ])('%s', async (_, events) => {
    const { firstLine, play } = await watched();
    await play(...events);
    expect(firstLine.isMissed).toBe(false);
    await play(END);
    expect(firstLine.isMissed).toBe(true);
  });
});

test('a followed program is not paused: it runs if it can be read', async () => {
  const { firstLine, play, sent } = await watched({ isPausedThere: false });
  expect(sent()).toEqual(['enable', 'setSkipAllPauses']);
  await play(parsed('file:///app/main.mjs', true), END);
  expect(firstLine.isMissed).toBe(false);
});

test('a connection that ends before the program does tells nothing', async () => {
  expect((await watched()).firstLine.isMissed).toBe(false);
});

test('whoever waits for pauses ends this one', async () => {
  const { play, sent } = await watched({ hasMarks: true });
  await play(parsed('file:///app/main.mjs', true), paused());
  expect(sent()).toEqual(['enable']);
});

test('the pause at a heap limit is not ours to end', async () => {
  const { play, sent } = await watched();
  await play(paused('OOM'));
  expect(sent()).toEqual(['enable']);
});
