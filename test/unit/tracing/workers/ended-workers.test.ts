import { setTimeout } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { Session } from '../../../../src/protocol/session.js';
import { Caretaker } from '../../../../src/tracing/cleanup/caretaker.js';
import { GcLimiter } from '../../../../src/tracing/isolate/gc-limiter.js';
import { TracedWorkers } from '../../../../src/tracing/workers/traced-workers.js';
import { FakeTransport } from '../../../helpers/fake-transport.js';
import { profileOf } from '../../../helpers/profiles.js';

const SESSION = { sessionId: '1' };

const ANSWERS: Record<string, object> = {
  'Runtime.evaluate': { result: { type: 'undefined' } },
  'Runtime.getHeapUsage': { usedSize: 1, totalSize: 2 },
};

/** A program whose one worker answers everything. */
function programWithWorker(answers: Record<string, object> = {}, asked: string[] = []): FakeTransport {
  const transport: FakeTransport = new FakeTransport({
    'NodeWorker.enable': () => {
      const workerInfo = { workerId: '1', type: 'worker', title: '[worker 1]', url: '' };
      transport.emit('NodeWorker.attachedToWorker', { ...SESSION, workerInfo, waitingForDebugger: false });
      return {};
    },
    'NodeWorker.sendMessageToWorker': ({ message }: { message: string }) => {
      const { id, method } = JSON.parse(message) as { id: number; method: string };
      asked.push(method);
      const result = { ...ANSWERS, ...answers }[method] ?? {};
      queueMicrotask(() => transport.emit('NodeWorker.receivedMessageFromWorker', { ...SESSION, message: JSON.stringify({ id, result }) }));
      return {};
    },
    'NodeWorker.detach': () => ({}),
  });
  return transport;
}

function workersOf(transport: FakeTransport, { keepEnded = false, onOom = false }): TracedWorkers {
  return new TracedWorkers(new Session(transport, { label: 'app.js' }), {
    interval: 512,
    lines: false,
    labels: false,
    isChurn: false,
    gcLimiter: new GcLimiter(),
    workers: true,
    pauseNew: false,
    keepEnded,
    waitAtEnd: false,
    onOom,
    beginning: () => ({ force: true, flagsChanged: false }),
    registration: () => null,
    learnsScripts: true,
    maxMessageBytes: 1e6,
    caretaker: new Caretaker(),
  });
}

const NAMED = { missing: [{ thread: 'worker 1', reason: 'it ended before it could be asked what it holds' }] };
const ended = (transport: FakeTransport) => transport.emit('NodeWorker.detachedFromWorker', SESSION);
const killed = (transport: FakeTransport) => transport.lose('the program was killed');

test.each([
  ['is listed as missing if ended workers are kept', true, ended, NAMED],
  ['is counted if they are not', false, ended, { ended: 1 }],
  ['is listed as missing if the whole program has ended', false, killed, NAMED],
])('a worker that is gone before it was read %s', async (_, keepEnded, end, notes) => {
  const transport = programWithWorker();
  const workers = workersOf(transport, { keepEnded });
  await workers.start();
  end(transport);
  await expect(workers.read()).resolves.toEqual({ readings: [], notes });
  if (end === ended) await expect(workers.read()).resolves.toMatchObject({ notes });
});

const MIB = 2 ** 20;
const PROFILE = { profile: profileOf([{ frame: 'leak@app.js:6:1', samples: [1000] }]) };

function waitsAtItsEnd(transport: FakeTransport): void {
  const message = JSON.stringify({ method: 'NodeRuntime.waitingForDisconnect', params: {} });
  transport.emit('NodeWorker.receivedMessageFromWorker', { ...SESSION, message });
}

test.each([
  ['whose heap was full is shown as it was then', 47, { atHeapLimit: ['worker 1'] }, 1],
  ['whose heap was not full is left out', 40, { ended: 1 }, 0],
])('with onOom, a worker %s', async (_, usedMiB, notes, shown) => {
  const asked: string[] = [];
  const transport = programWithWorker(
    {
      'Runtime.evaluate': { result: { type: 'number', value: 48 * MIB } },
      'Runtime.getHeapUsage': { usedSize: usedMiB * MIB, totalSize: 64 * MIB },
      'HeapProfiler.getSamplingProfile': PROFILE,
    },
    asked,
  );
  const workers = workersOf(transport, { onOom: true });
  await workers.start();
  // If the Debugger were enabled, V8 would pause the worker at its limit, which can end the whole program.
  expect(asked).not.toContain('Debugger.enable');
  waitsAtItsEnd(transport);
  await until(() => transport.posted.some(({ method }) => method === 'NodeWorker.detach'));
  ended(transport);
  const reading = await workers.read();
  expect(reading.notes).toEqual(notes);
  expect(reading.readings).toHaveLength(shown);
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await setTimeout(1);
}
