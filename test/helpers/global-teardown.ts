import { setTimeout } from 'node:timers/promises';
import { RUN_MARK } from './global-setup.js';
import { markedProcesses } from './marked-processes.js';

/** How long what a test started may take to end by itself after the test. */
const GRACE_MS = 15_000;

/** @throws if the tests have left processes behind; they are killed, because one that grows would take the memory of the machine */
export default async function globalTeardown(): Promise<void> {
  if (process.platform !== 'linux') return;
  const deadline = performance.now() + GRACE_MS;
  for (;;) {
    const left = markedProcesses(`${RUN_MARK}=${process.pid}\0`).filter((command) => !command.includes('jest-worker'));
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      for (const command of left) process.kill(Number.parseInt(command, 10), 'SIGKILL');
      throw new Error(`these processes outlived the tests, and were killed:\n${left.join('\n')}`);
    }
    await setTimeout(100);
  }
}
