import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { CommandTimeoutError } from '../../../src/errors.js';
import { Session } from '../../../src/protocol/session.js';
import { Workers } from '../../../src/protocol/workers.js';
import { FakeTransport } from '../../helpers/fake-transport.js';

const WORKER = { sessionId: '1', workerInfo: { workerId: '1', type: 'worker', title: '[worker 1]', url: '' }, waitingForDebugger: false };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

test('a worker is not called silent while a call of ours keeps the main thread from passing its answers on', async () => {
  const transport = new FakeTransport({ 'NodeWorker.enable': () => ({}), 'NodeWorker.sendMessageToWorker': () => ({}) });
  const main = new Session(transport, { label: 'app.js' });
  const found: Session[] = [];
  await new Workers(main, { pauseNew: false, timeoutMs: 1000, onWorker: ({ session }) => void found.push(session) }).watch();
  transport.emit('NodeWorker.attachedToWorker', WORKER);
  const held = main.send('HeapProfiler.takeHeapSnapshot', {}, { timeoutMs: 100_000, holdsThread: true });
  const snapshot = transport.last();
  let failure: unknown = null;
  const asked = found[0]!.send('Runtime.getHeapUsage').catch((error: unknown) => {
    failure = error;
  });
  await jest.advanceTimersByTimeAsync(50_000);
  expect(failure).toBeNull();
  snapshot.answer({});
  await held;
  await jest.advanceTimersByTimeAsync(1000);
  await asked;
  expect(failure).toBeInstanceOf(CommandTimeoutError);
});
