import { afterEach, describe, expect, test } from '@jest/globals';
import { discover } from '../../../src/discovery/discovery.js';
import { ConnectError } from '../../../src/errors.js';
import { type FakeServer, startHttpServer, startInspector, startTcpServer, startWebSocketServer } from '../../helpers/fake-inspectors.js';

const NODE = { Browser: 'node.js/v20.20.2', 'Protocol-Version': '1.1' };

const servers: FakeServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serving(server: Promise<FakeServer>): Promise<number> {
  servers.push(await server);
  return (await server).port;
}

function program(id: string, extra: object = {}) {
  return {
    id,
    type: 'node',
    title: `/srv/${id}.js`,
    url: `file:///srv/${id}.js`,
    webSocketDebuggerUrl: `ws://127.0.0.1:9229/${id}`,
    ...extra,
  };
}

async function failure(target: Parameters<typeof discover>[0], timeoutMs?: number): Promise<ConnectError> {
  const error = await discover(target, { timeoutMs }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConnectError);
  return error as ConnectError;
}

test('the WebSocket is opened at the address where the inspector was found, not at the one that it reports (tunnels)', async () => {
  const port = await serving(startInspector(NODE, () => [program('app')]));
  await expect(discover(port)).resolves.toEqual({
    host: '127.0.0.1',
    port,
    webSocketUrl: `ws://127.0.0.1:${port}/app`,
    loopback: true,
    title: '/srv/app.js',
    url: 'file:///srv/app.js',
    nodeVersion: 'v20.20.2',
    protocolVersion: '1.1',
    label: `127.0.0.1:${port} (app.js)`,
  });
});

test('a name is resolved, and the Host header has the address, not the name', async () => {
  const hosts: (string | undefined)[] = [];
  const port = await serving(
    startHttpServer((request, response) => {
      hosts.push(request.headers.host);
      response.end(JSON.stringify(request.url === '/json/version' ? NODE : [program('app')]));
    }),
  );
  await expect(discover(`localhost:${port}`)).resolves.toMatchObject({ host: '127.0.0.1' });
  expect(hosts).toEqual([`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
});

describe('several programs behind one inspector', () => {
  test('are listed, and one of them can be named', async () => {
    const port = await serving(startInspector(NODE, () => [program('a'), program('b\u001b[31m\nb')]));
    const { message } = await failure(port);
    expect(message).toBe(
      `2 programs share the inspector at 127.0.0.1:${port}; name one of them: ` +
        `ws://127.0.0.1:${port}/a (/srv/a.js), ws://127.0.0.1:${port}/b%1B[31mb (/srv/b\\u{1b}[31m\\u{a}b.js)`,
    );
    await expect(discover(`ws://127.0.0.1:${port}/a`)).resolves.toMatchObject({ title: '/srv/a.js' });
  });

  test('an unknown one is an error that names the known one', async () => {
    const port = await serving(startInspector(NODE, () => [program('new')]));
    const { message } = await failure(`ws://127.0.0.1:${port}/old`);
    expect(message).toBe(
      `the inspector at 127.0.0.1:${port} does not know /old, as after a restart of the program; use ws://127.0.0.1:${port}/new`,
    );
  });

  test.each([[[]], [[program('a', { webSocketDebuggerUrl: undefined })]]])('none to attach to: %j', async (list) => {
    const port = await serving(startInspector(NODE, () => list));
    expect((await failure(port)).message).toContain(`the inspector at 127.0.0.1:${port} offers no program to attach to`);
  });
});

describe('a server that is no inspector of Node', () => {
  test('nothing listens', async () => {
    const server = await startTcpServer();
    await server.close();
    const where = `127.0.0.1:${server.port}`;
    expect((await failure(server.port)).message).toBe(
      `no inspector at ${where}: nothing listens there; start the program with --inspect=${where}, or attach to a running one by its pid`,
    );
  });

  test('an HTTP server', async () => {
    const port = await serving(startHttpServer((_, response) => response.writeHead(404).end('not here')));
    expect((await failure(port)).message).toBe(
      `no inspector at 127.0.0.1:${port}: something else listens there (an HTTP server that answers 404); check the port`,
    );
  });

  test.each(['<html></html>', '', '{"Browser":', '[]', '{"Browser":7}'])('an HTTP server that answers %j', async (body) => {
    const port = await serving(startHttpServer((_, response) => response.end(body)));
    expect((await failure(port)).message).toContain('an HTTP server answers there, but not as an inspector does; check the port');
  });

  test('a list that is no list', async () => {
    const port = await serving(startInspector(NODE, () => ({ error: 'no' })));
    expect((await failure(port)).message).toContain('not as an inspector does');
  });

  test('Chrome is called by its name', async () => {
    const port = await serving(startInspector({ Browser: 'HeadlessChrome/131.0.1', 'Protocol-Version': '1.3' }, () => []));
    expect((await failure(port)).message).toBe(`the inspector at 127.0.0.1:${port} is HeadlessChrome/131.0.1, not a Node program`);
  });

  test('another server, which speaks first', async () => {
    const port = await serving(startTcpServer((socket) => socket.write('SSH-2.0-OpenSSH_9.6\r\n')));
    expect((await failure(port)).message).toContain('the server there does not speak HTTP; check the port');
  });

  test('a server that hangs up', async () => {
    const port = await serving(startTcpServer((socket) => socket.once('data', () => socket.destroy())));
    expect((await failure(port)).message).toContain('the server there dropped the connection; check the port');
  });

  test('a WebSocket server that upgrades every request', async () => {
    const port = await serving(startWebSocketServer(() => {}));
    expect((await failure(port)).message).toContain('it closed the connection before it had answered');
  });

  test('an answer that breaks off', async () => {
    const half = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Browser"';
    const port = await serving(startTcpServer((socket) => socket.once('data', () => socket.end(half))));
    expect((await failure(port)).message).toContain('it closed the connection before it had answered');
  });

  test('an answer without end', async () => {
    const port = await serving(
      startHttpServer((_, response) => {
        const more = () => {
          while (response.write('x'.repeat(65536)));
        };
        response.on('drain', more);
        more();
      }),
    );
    expect((await failure(port)).message).toContain('an HTTP server with an endless answer');
  });

  test.each([
    ['never answers', () => {}],
    ['begins an answer and never ends it', (socket: { write(text: string): void }) => socket.write('HTTP/1.1 200 OK\r\n\r\n{')],
  ])('a port that %s fails in bounded time', async (_, serve) => {
    const port = await serving(startTcpServer(serve));
    expect((await failure(port, 300)).message).toBe(
      `no inspector at 127.0.0.1:${port}: no answer within 0.3 s; the program may be stopped, or something else listens there`,
    );
  });
});

test('the stack of the error names the caller', async () => {
  const server = await startTcpServer();
  await server.close();
  expect((await failure(server.port)).stack).toContain('discovery.test');
});
