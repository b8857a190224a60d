import { expect, test } from '@jest/globals';
import { Session } from '../../../../src/protocol/session.js';
import { Caretaker } from '../../../../src/tracing/cleanup/caretaker.js';
import { GcLimiter } from '../../../../src/tracing/isolate/gc-limiter.js';
import { TracedWorkers } from '../../../../src/tracing/workers/traced-workers.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';

const SESSION = { sessionId: '1' };

const ANSWERS: Record<string, object> = {
  'Runtime.evaluate': { result: { type: 'undefined' } },
  'Runtime.getHeapUsage': { usedSize: 1, totalSize: 2 },
};

/** A program whose one worker answers everything, and does not wait for us at its end. */
function programWithWorker(): FakeTransport {
  const transport: FakeTransport = new FakeTransport({
    'NodeWorker.enable': () => {
      const workerInfo = { workerId: '1', type: 'worker', title: '[worker 1]', url: '' };
      transport.emit('NodeWorker.attachedToWorker', { ...SESSION, workerInfo, waitingForDebugger: false });
      return {};
    },
    'NodeWorker.sendMessageToWorker': ({ message }: { message: string }) => {
      const { id, method } = JSON.parse(message) as { id: number; method: string };
      const result = ANSWERS[method] ?? {};
      queueMicrotask(() => transport.emit('NodeWorker.receivedMessageFromWorker', { ...SESSION, message: JSON.stringify({ id, result }) }));
      return {};
    },
  });
  return transport;
}

const NAMED = [{ thread: 'worker 1', reason: 'it ended before it could be asked what it holds' }];
const ended = (transport: FakeTransport) => transport.emit('NodeWorker.detachedFromWorker', SESSION);
const killed = (transport: FakeTransport) => transport.lose('the program was killed');

test.each([
  ['is named where what ended is kept', true, ended, NAMED],
  ['is left out where it is not', false, ended, []],
  ['is named where the whole program is', false, killed, NAMED],
])('a worker that is gone before it was read %s', async (_, keepEnded, end, missing) => {
  const transport = programWithWorker();
  const workers = new TracedWorkers(new Session(transport, { label: 'app.js' }), {
    interval: 512,
    lines: false,
    gcLimiter: new GcLimiter(),
    workers: true,
    pauseNew: false,
    keepEnded,
    waitAtEnd: false,
    onOom: false,
    beginning: () => ({ force: true, flagsChanged: false }),
    expectRegistration: () => false,
    maxMessageBytes: 1e6,
    caretaker: new Caretaker(),
  });
  await workers.start();
  end(transport);
  await expect(workers.read()).resolves.toEqual({ readings: [], missing, atHeapLimit: [] });
  if (end === ended) await expect(workers.read()).resolves.toMatchObject({ missing });
});
