import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { reapLater, reapTargets, startTarget, type TargetProcess } from '../../helpers/target-process.js';

afterEach(reapTargets);

interface Tunnel {
  readonly port: number;
  /** The connections that went through the tunnel. */
  readonly sockets: Socket[];
}

/** Works like ssh -L and kubectl port-forward: a connection to it reaches the target's inspector. */
async function tunnelTo({ port }: TargetProcess, host: string): Promise<Tunnel> {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) sockets.push(socket.on('error', () => {}));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  reapLater(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, sockets };
}

function startWorking(): Promise<TargetProcess> {
  return startTarget({
    execPath: process.execPath,
    code: "globalThis.kept = []; setInterval(function work() { kept.push(new Array(1000).fill(0)); }, 1); console.log('ready')",
    ready: true,
  });
}

it('all traffic goes through the tunnel, and none to the address that the inspector reports', async () => {
  const target = await startWorking();
  const tunnel = await tunnelTo(target, '127.0.0.1');
  const notices: string[] = [];
  const tracer = await attach(`127.0.0.1:${tunnel.port}`, { onNotice: (notice) => notices.push(notice) });
  await tracer.start({ interval: 64 });
  const snapshot = await tracer.takeSnapshot();
  expect(snapshot.capture.target.pid).toBe(target.pid);
  expect(snapshot.traces.length).toBeGreaterThan(0);
  expect(notices).toEqual([]);
  for (const socket of tunnel.sockets) socket.destroy();
  expect((await tracer.closed).reason).toContain('the network failed');
});

const ownAddress = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

(ownAddress === undefined ? it.skip : it)('an address that is not loopback works, with a warning', async () => {
  const tunnel = await tunnelTo(await startWorking(), ownAddress!);
  const notices: string[] = [];
  const tracer = await attach(`${ownAddress}:${tunnel.port}`, { onNotice: (notice) => notices.push(notice) });
  await tracer.close();
  expect(notices).toEqual([expect.stringMatching(`^${ownAddress}:${tunnel.port} is not on loopback: .*not encrypted`)]);
});
