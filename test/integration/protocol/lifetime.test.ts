import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, expect, test } from '@jest/globals';
import { reapTargets, startTarget } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROTOCOL = new URL('../../../src/', import.meta.url).href;

/** The output of a program that ends by itself. If something keeps it alive, it is killed, which is an error. */
async function outputOf(source: string): Promise<string> {
  const program = `const load = (name) => import('${PROTOCOL}' + name + '.js');${source}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], { timeout: 20_000 });
  return stdout.trim();
}

test('after the close nothing keeps the controller alive', async () => {
  const target = await startTarget({ execPath: process.execPath, code: "setInterval(() => {}, 1000); console.log('ready')", ready: true });
  const output = await outputOf(`
    const { connect } = await load('discovery/connect');
    const { discover } = await load('discovery/discovery');
    const session = await connect(await discover(${target.port}));
    await session.send('Runtime.getHeapUsage');
    session.send('Runtime.evaluate', { expression: 'new Promise(() => {})', awaitPromise: true }).catch((error) => console.log(error.name));
    await session.close();
    console.log(process.getActiveResourcesInfo().filter((name) => !/TTY|Pipe/.test(name)).length);
  `);
  expect(output.split('\n')).toEqual(['ConnectionLostError', '0']);
});

test('a failed discovery and a failed handshake do not keep it alive either', async () => {
  const output = await outputOf(`
    const { createServer } = await import('node:net');
    const { discover } = await load('discovery/discovery');
    const { connectWebSocket } = await load('protocol/websocket');
    const server = createServer((socket) => socket.unref()).listen(0, '127.0.0.1', async () => {
      server.unref();
      const { port } = server.address();
      await discover(port, { timeoutMs: 100 }).catch((error) => console.log(error.name));
      await connectWebSocket('ws://127.0.0.1:' + port + '/id', { timeoutMs: 100 }).catch((error) => console.log(error.name));
    });
  `);
  expect(output.split('\n')).toEqual(['ConnectError', 'ConnectError']);
});

test('an open in-process session does not keep its program alive', async () => {
  const output = await outputOf(`
    const { connectSelf } = await load('discovery/connect');
    const session = connectSelf();
    await session.send('HeapProfiler.startSampling', { samplingInterval: 32768 });
    console.log(session.isOpen);
  `);
  expect(output).toBe('true');
});

test("importing us leaves the process's name resolution as it was", async () => {
  const output = await outputOf(`
    const dns = await import('node:dns');
    const before = dns.getDefaultResultOrder();
    await load('protocol/websocket');
    console.log(before === dns.getDefaultResultOrder(), before);
  `);
  expect(output).toBe('true verbatim');
});

test('an error of a listener is an uncaught exception of the process, unless somebody handles it', async () => {
  const output = await outputOf(`
    const { connectSelf } = await load('discovery/connect');
    process.once('uncaughtException', (error) => console.log('uncaught', error.message));
    const session = connectSelf();
    session.on('Runtime.executionContextCreated', () => { throw new Error('a bug'); });
    await session.send('Runtime.enable');
  `);
  expect(output).toBe('uncaught a bug');
});
