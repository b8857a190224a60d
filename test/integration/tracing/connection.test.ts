import { afterEach, describe, expect, it } from '@jest/globals';
import { openConnection } from '../../../src/tracing/attach/connection.js';
import { type FakeServer, startWebSocketServer } from '../../helpers/fake-inspectors.js';

let server: FakeServer | undefined;
afterEach(() => server?.close());

const ENDED = { method: 'NodeRuntime.waitingForDisconnect', params: {} };
const identity = (isEnding: boolean) => ({
  id: 2,
  result: { result: { type: 'object', value: { pid: 1, title: 'app', version: 'v20.0.0', isEnding } } },
});

/** A short text message from a server, as in RFC 6455. */
function frame(message: object): Buffer {
  const text = Buffer.from(JSON.stringify(message));
  return Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff, ...text]);
}

describe('a program that ends while we connect', () => {
  it.each([
    ['before its identity arrives', [ENDED, identity(false)]],
    ['together with its identity (long)', [identity(false), ENDED]],
    ['before we could ask it to wait (long)', [identity(true)]],
  ])('%s: is not kept waiting', async (_, lastWords) => {
    let left: Promise<void> | undefined;
    server = await startWebSocketServer((socket) => {
      left = new Promise((resolve) => socket.once('close', () => resolve()));
      const answers = [frame({ id: 1, result: {} }), Buffer.concat(lastWords.map(frame))];
      socket.on('data', () => {
        const answer = answers.shift();
        if (answer) socket.write(answer);
        else socket.end(); // the close frame of our side
      });
    });
    const endpoint = { host: '127.0.0.1', port: server.port, webSocketUrl: `ws://127.0.0.1:${server.port}/app` };
    const facts = { loopback: true, title: 'app', url: '', nodeVersion: 'v20.0.0', protocolVersion: '1.3', label: 'app' };
    const connecting = openConnection({ ...endpoint, ...facts }, undefined).then(
      ({ session }) => session.closed,
      ({ message }: Error) => message,
    );
    await expect(connecting).resolves.toMatch(/the program ended$/);
    await left;
  });
});
