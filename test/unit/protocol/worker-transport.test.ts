import { expect, test } from '@jest/globals';
import { ConnectionLostError } from '../../../src/errors.js';
import { Session } from '../../../src/protocol/session.js';
import { WorkerTransport } from '../../../src/protocol/worker-transport.js';
import { FakeTransport } from '../../helpers/fake-transport.js';

test('if the messages of a worker are no JSON, its conversation ends with the reason', async () => {
  const main = new Session(new FakeTransport({ 'NodeWorker.sendMessageToWorker': () => ({}) }), { label: 'main' });
  const transport = new WorkerTransport(main, '1');
  const session = new Session(transport, { label: 'worker 1' });
  const asked = session.send('Runtime.getHeapUsage');
  transport.receive('{"id":1,');
  await expect(asked).rejects.toThrow(ConnectionLostError);
  await expect(session.closed).resolves.toMatch(/^it sent something that no inspector sends \(/);
  expect(main.isOpen).toBe(true);
});
