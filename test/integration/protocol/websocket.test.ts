import { afterEach, expect, test } from '@jest/globals';
import { ConnectError, ConnectionLostError } from '../../../src/errors.js';
import { Session } from '../../../src/protocol/session.js';
import { connectWebSocket, MAX_MESSAGE_BYTES } from '../../../src/protocol/websocket.js';
import { type FakeServer, startHttpServer, startTcpServer, startWebSocketServer } from '../../helpers/fake-inspectors.js';

const servers: FakeServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(server: Promise<FakeServer>): Promise<string> {
  servers.push(await server);
  return `ws://127.0.0.1:${(await server).port}/id`;
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return (await promise.catch((error: unknown) => error)) as Error;
}

/** A frame of text from a server: fin, not masked. `bytes` may claim more than the text has. */
function frame(text: string, bytes = Buffer.byteLength(text)): Buffer {
  const header = Buffer.alloc(10);
  header[0] = 0x81;
  header[1] = 127;
  header.writeBigUInt64BE(BigInt(bytes), 2);
  return Buffer.concat([header, Buffer.from(text)]);
}

test('a port that accepts and never answers fails in bounded time', async () => {
  const url = await serving(startTcpServer());
  const error = await failure(connectWebSocket(url, { timeoutMs: 200 }));
  expect(error).toBeInstanceOf(ConnectError);
  expect(error.message).toContain('no answer within 0.2 s');
});

test('an HTTP server that does not know the path', async () => {
  const url = await serving(startHttpServer((_, response) => response.writeHead(400).end()));
  const error = await failure(connectWebSocket(url));
  expect(error).toBeInstanceOf(ConnectError);
  expect(error.message).toContain('Unexpected server response: 400');
});

test.each([
  ['text that is not JSON', frame('hello'), /it sent something that no inspector sends \(Unexpected token/],
  ['an event named error', frame('{"method":"error","params":{}}'), /it sent something that no inspector sends/],
  ['a message above the limit', frame('{', MAX_MESSAGE_BYTES + 1), /it sent a message above the limit of 256 MiB; .* ask for less/],
])('%s ends the connection with its reason', async (_, bytes, reason) => {
  const url = await serving(
    startWebSocketServer((socket) => {
      socket.once('data', () => socket.write(bytes));
    }),
  );
  const session = new Session(await connectWebSocket(url), { label: 'the fake' });
  const error = await failure(session.send('HeapProfiler.getSamplingProfile'));
  expect(error).toBeInstanceOf(ConnectionLostError);
  expect(error.message).toMatch(reason);
  expect(error.message).toMatch(/^lost the connection to the fake while reading the sampling profile: /);
  await session.close();
});

test('a close that the other side never confirms is bounded', async () => {
  const url = await serving(startWebSocketServer(() => {}));
  const session = new Session(await connectWebSocket(url), { label: 'the fake' });
  const began = performance.now();
  await session.close();
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('a connection that ends before the session listens is noticed', async () => {
  const url = await serving(startWebSocketServer((socket) => setImmediate(() => socket.destroy())));
  const transport = await connectWebSocket(url);
  await new Promise<string>((resolve) => transport.onClose(resolve));
  const session = new Session(transport, { label: 'the fake' });
  await expect(session.closed).resolves.toContain('the program ended or was killed');
  expect(session.isOpen).toBe(false);
});
