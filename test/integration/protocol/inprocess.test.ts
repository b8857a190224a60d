import { once } from 'node:events';
import { Session as InspectorSession } from 'node:inspector';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from '@jest/globals';
import { connectSelf } from '../../../src/discovery/connect.js';
import { CommandError, ConnectionLostError } from '../../../src/errors.js';
import { parseSamplingProfile } from '../../../src/protocol/schemas.js';
import type { Session } from '../../../src/protocol/session.js';

const sessions: Session[] = [];

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});

function attachedToSelf(): Session {
  const session = connectSelf();
  sessions.push(session);
  return session;
}

test('our own process answers commands, refuses wrong ones, and gives profiles', async () => {
  const session = attachedToSelf();
  const refused = await session.send('HeapProfiler.getSamplingProfile').catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CommandError);
  expect((refused as CommandError).cause).toEqual({ code: -32000, message: 'V8 sampling heap profiler was not started.' });
  await session.send('HeapProfiler.startSampling', { samplingInterval: 32768 });
  parseSamplingProfile(await session.send('HeapProfiler.getSamplingProfile'));
  await session.send('HeapProfiler.stopSampling');
});

test('events come until the session is closed', async () => {
  const session = attachedToSelf();
  const created = session.waitFor('Runtime.executionContextCreated');
  await session.send('Runtime.enable');
  expect((await created).context.id).toBeGreaterThan(0);
  await session.close();
  await expect(session.send('Runtime.disable')).rejects.toBeInstanceOf(ConnectionLostError);
});

/** Node calls listeners by an interrupt, in the middle of whatever the program does: in setTimeout, too. */
test('what a worker sends does not interrupt the program', async () => {
  const question = JSON.stringify({ id: 1, method: 'Runtime.getIsolateId' });
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  const plain = new InspectorSession();
  try {
    await once(worker, 'online');
    plain.connect();
    let interruptions = 0;
    plain.on('NodeWorker.receivedMessageFromWorker', () => interruptions++);
    const sessionOfPlain = new Promise<string>((resolve) => {
      plain.once('NodeWorker.attachedToWorker', ({ params }) => resolve(params.sessionId));
    });
    plain.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
    const session = attachedToSelf();
    const attached = session.waitFor('NodeWorker.attachedToWorker');
    await session.send('NodeWorker.enable', { waitForDebuggerOnStart: false });
    const [{ sessionId }, plainId] = await Promise.all([attached, sessionOfPlain]);
    let messages = 0;
    const answered = session.waitFor('NodeWorker.receivedMessageFromWorker', () => messages++ === 0);

    const sent = session.send('NodeWorker.sendMessageToWorker', { sessionId, message: question });
    plain.post('NodeWorker.sendMessageToWorker', { sessionId: plainId, message: question });
    while (interruptions === 0) performance.now(); // the worker has answered us first
    expect(messages).toBe(0);
    await Promise.all([answered, sent]);
    expect(messages).toBe(1);
  } finally {
    plain.disconnect();
    await worker.terminate();
  }
});
