import { createHash } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server in the test that is not an inspector, or only half of one. */
export interface FakeServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Calls `serve` for every connection. By default it accepts and never sends anything. */
export function startTcpServer(serve: (socket: Socket) => void = () => {}): Promise<FakeServer> {
  return listen(createServer(serve));
}

export function startHttpServer(answer: RequestListener): Promise<FakeServer> {
  return listen(createHttpServer(answer));
}

/** Answers as an inspector does: sends `version` and `list` as JSON. `list` receives the port. */
export function startInspector(version: unknown, list: (port: number) => unknown): Promise<FakeServer> {
  return startHttpServer((request, response) => {
    const port = request.socket.localPort ?? 0;
    response.end(JSON.stringify(request.url === '/json/version' ? version : list(port)));
  });
}

const WEBSOCKET_GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** Completes the WebSocket handshake and gives the raw socket to the test. */
export function startWebSocketServer(serve: (socket: Socket) => void): Promise<FakeServer> {
  return startTcpServer((socket) => {
    socket.once('data', (request) => {
      const key = /sec-websocket-key: (\S+)/i.exec(request.toString())?.[1] ?? '';
      const accept = createHash('sha1')
        .update(key + WEBSOCKET_GUID)
        .digest('base64');
      socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
      );
      serve(socket);
    });
  });
}

function listen(server: Server): Promise<FakeServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}); // the other side may leave at any time, which is what the tests are about
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
