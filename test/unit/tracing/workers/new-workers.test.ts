import { expect, test } from '@jest/globals';
import { Session } from '../../../../src/protocol/session.js';
import { Caretaker } from '../../../../src/tracing/cleanup/caretaker.js';
import { GcLimiter } from '../../../../src/tracing/isolate/gc-limiter.js';
import { TracedWorkers } from '../../../../src/tracing/workers/traced-workers.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';
import { profileOf } from '../../../helpers/profiles.js';

const MIB = 2 ** 20;
const WORKER = {
  sessionId: '1',
  workerInfo: { workerId: '1', type: 'worker', title: '[worker 1] job', url: '' },
  waitingForDebugger: false,
};

/** A program with a worker. */
function programWithWorker(usedBytes: number) {
  const asked: string[] = [];
  const transport: FakeTransport = new FakeTransport({
    'NodeWorker.enable': () => ({}),
    'NodeWorker.sendMessageToWorker': ({ message }: { message: string }) => {
      const { id, method } = JSON.parse(message) as { id: number; method: string };
      asked.push(method);
      answer(id, method);
      return {};
    },
  });
  const answer = (id: number, method: string) => {
    const isProbe = method === 'HeapProfiler.getSamplingProfile' && !asked.includes('HeapProfiler.startSampling');
    const results: Record<string, object> = {
      'Runtime.evaluate': { result: { type: 'undefined' } },
      'Runtime.getHeapUsage': { usedSize: usedBytes, totalSize: 2 * usedBytes },
      'HeapProfiler.getSamplingProfile': { profile: profileOf([]) },
    };
    const outcome = isProbe ? { error: { code: -32000, message: 'was not started' } } : { result: results[method] ?? {} };
    transport.emit('NodeWorker.receivedMessageFromWorker', { sessionId: '1', message: JSON.stringify({ id, ...outcome }) });
  };
  const workers = new TracedWorkers(new Session(transport, { label: 'app.js' }), {
    interval: 512,
    lines: { all: true, include: [], exclude: [] },
    labels: false,
    isChurn: false,
    gcLimiter: new GcLimiter(),
    workers: true,
    pauseNew: false,
    keepEnded: false,
    waitAtEnd: false,
    onOom: false,
    beginning: () => ({ force: false, flagsChanged: true }),
    registration: () => null,
    learnsScripts: true,
    maxMessageBytes: 1e6,
    caretaker: new Caretaker(),
  });
  return { transport, asked, workers };
}

test('the sampling of a new worker begins before anything else is asked of it', async () => {
  const { transport, asked, workers } = programWithWorker(MIB);
  await workers.start();
  transport.emit('NodeWorker.attachedToWorker', WORKER);
  await workers.read();
  expect(asked.slice(0, 3)).toEqual(['Runtime.getHeapUsage', 'HeapProfiler.getSamplingProfile', 'HeapProfiler.startSampling']);
});

test('a worker whose news come with the answer of the main thread is in the same reading', async () => {
  const { transport, workers } = programWithWorker(MIB);
  await workers.start();
  const heard = (async () => {
    await null;
    transport.emit('NodeWorker.attachedToWorker', WORKER);
  })();
  const reading = workers.read(undefined, heard);
  expect((await reading).readings).toHaveLength(1);
});

test('tells what a new worker held when its tracing began, unless it is no more than Node needs', async () => {
  const lateOf = async (usedBytes: number) => {
    const { transport, workers } = programWithWorker(usedBytes);
    await workers.start();
    transport.emit('NodeWorker.attachedToWorker', WORKER);
    return (await workers.read()).notes.late;
  };
  expect(await lateOf(7 * MIB)).toBeUndefined();
  expect(await lateOf(30 * MIB)).toEqual([{ thread: 'worker 1 (job)', bytes: 30 * MIB }]);
});
