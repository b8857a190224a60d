import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { type Announcement, ProcessTree } from '../../../src/tracing/follow/process-tree.js';
import { oldestAndNewest } from '../../helpers/nodes.js';
import { reapLater, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

it.each(oldestAndNewest())('a process that waits for us when we leave runs on, its inspector closed, Node $major', async ({ execPath }) => {
  let meet: (process: Announcement) => void = () => {};
  const met = new Promise<Announcement>((resolve) => {
    meet = resolve;
  });
  const tree = new ProcessTree({ process: meet, kill: async () => {} });
  const env = { ...process.env, ...tree.environment(process.env, { registration: null, execArgv: [], env: {} }, { isCommand: false }) };
  const child = spawn(execPath, ['-p', "'went on'"], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  reapLater(async () => child.kill('SIGKILL'));
  const output = text(child.stdout);
  const { pid, url } = await met;
  expect(pid).toBe(child.pid);
  tree.stop();
  tree.remove();
  await expect(output).resolves.toBe('went on\n');
  await expect(fetch(`http://${new URL(url!).host}/json/version`)).rejects.toThrow();
});
