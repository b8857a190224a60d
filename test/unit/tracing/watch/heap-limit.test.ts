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
  return { watch, domain, load, sent };
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

  it('asks nothing after it has ended, or while somebody wants pauses', async () => {
    const ended = await watching();
    await ended.watch.stop();
    await ended.sent();
    ended.load('file:///app.js');
    expect(await ended.sent()).toEqual([]);
    const marked = await watching();
    await marked.domain.enter({ pausing: true, doing: 'watching for debugger statements' });
    await marked.sent();
    marked.load('file:///app.js');
    expect(await marked.sent()).toEqual([]);
  });
});
