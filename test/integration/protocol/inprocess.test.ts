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
