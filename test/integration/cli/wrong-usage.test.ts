import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { attach } from '../../../src/index.js';
import { callCommand } from '../../helpers/command.js';
import { startPlain } from '../../helpers/plain-process.js';
import { enterTemporaryFolder, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

it('a wrong command line touches neither the process nor a file', async () => {
  const folder = enterTemporaryFolder();
  const target = await startPlain(process.execPath, 'setInterval(() => {}, 1000)');
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const pid = `${target.pid}`;
  try {
    for (const [args, message] of [
      [['attach', pid, '--mode', 'objects', '--interval', '5', '-o', 'x'], 'object mode tracks every object; leave the interval out'],
      [['attach', pid, '--mode', 'objects', '--on-oom', '-o', 'x'], 'object mode has no snapshot at the heap limit'],
      [['serve', pid, '--mode', 'exact', '--interval', '5'], 'exact mode samples every block; leave the interval out'],
      [['top', pid, '--nframe', '70000'], 'the number of frames must be in range [1; 65535]'],
      [['serve', pid, '--listen', `${port}`], `cannot listen on 127.0.0.1:${port}: another program listens there`],
      [['run', '--mode', 'exact', '--interval', '5', '-o', 'x', 'missing.js'], 'exact mode samples every block; leave the interval out'],
    ] as const) {
      expect((await callCommand(args)).stderr).toContain(`tracemalloc: ${message}`);
    }
  } finally {
    server.close();
  }
  await expect(attach({ pid: target.pid }, { timeoutMs: Number.NaN })).rejects.toThrow(
    'timeoutMs must be a number of milliseconds above 0',
  );
  expect(readdirSync(folder)).toEqual([]);
  expect([target.stderr(), target.child.exitCode, target.child.signalCode]).toEqual(['', null, null]);
});
