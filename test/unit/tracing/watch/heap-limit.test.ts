import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { DebuggerDomain } from '../../../../src/protocol/debugger-domain.js';
import { Session } from '../../../../src/protocol/session.js';
import { HeapLimitWatch } from '../../../../src/tracing/watch/heap-limit.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

const DOMAIN = ['Debugger.disable', 'Debugger.enable', 'Debugger.setSkipAllPauses'];

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

async function watching() {
  const answers = [...DOMAIN, 'Debugger.resume', 'Runtime.releaseObjectGroup'].map((method) => [method, () => ({})] as const);
  const transport = new FakeTransport(Object.fromEntries(answers));
  const session = new Session(transport, { label: 'app.js' });
  const domain = new DebuggerDomain(session);
  const watch = new HeapLimitWatch(session, domain, async () => {});
  await watch.start();
  watch.beFirst();
  transport.posted.length = 0;
  const load = (url: string) => transport.emit('Debugger.scriptParsed', { scriptId: url, url });
  const sent = async () => {
    await jest.advanceTimersByTimeAsync(1000);
    return transport.posted.splice(0).map(({ method }) => method);
  };
  const pause = (reason: string) => transport.emit('Debugger.paused', { reason, callFrames: [] });
  return { watch, domain, load, pause, sent, transport };
}

describe('a watch of a program that was paused before its first line', () => {
  it('asks to be called at the heap limit once more, when the first file has been loaded', async () => {
    const { load, sent } = await watching();
    load('node:internal/bootstrap');
    expect(await sent()).toEqual([]);
    load('file:///app.js');
    expect(await sent()).toEqual(DOMAIN);
    load('/other.cjs');
    expect(await sent()).toEqual([]);
  });

  it('asks nothing after it has ended', async () => {
    const { watch, load, sent } = await watching();
    await watch.stop();
    await sent();
    load('file:///app.js');
    expect(await sent()).toEqual([]);
  });

  it('waits for the end of a pause, which it would end', async () => {
    const { pause, load, sent, transport } = await watching();
    pause('other');
    load('file:///app.js');
    expect(await sent()).toEqual([]);
    transport.emit('Debugger.resumed', {});
    expect(await sent()).toEqual(DOMAIN);
  });

  it('keeps pausing the target for those who want pauses', async () => {
    const { domain, load, sent, transport } = await watching();
    await domain.enter({ pausing: true, doing: 'watching for debugger statements' });
    await sent();
    load('file:///app.js');
    await jest.advanceTimersByTimeAsync(1000);
    expect(transport.posted.at(-1)).toMatchObject({ method: 'Debugger.setSkipAllPauses', params: { skip: false } });
  });
});

it.each([true, false])(
  'a pause at the heap limit ends all uses of the Debugger, so that V8 restores the limit (watching: %s)',
  async (isWatching) => {
    const { watch, domain, pause, sent } = await watching();
    const leave = await domain.enter({ pausing: true, doing: 'watching for debugger statements' });
    if (!isWatching) await watch.stop();
    await sent();
    pause('OOM');
    expect((await sent()).slice(-3)).toEqual(['Debugger.disable', 'Runtime.releaseObjectGroup', 'Debugger.resume']);
    await leave();
    expect(await sent()).toEqual([]);
  },
);
