import { expect, test } from '@jest/globals';
import type { Interruption } from '../../../../src/cli/console/interruption.js';
import { PassedSignals } from '../../../../src/cli/tracing/passed-signals.js';
import type { KillOptions } from '../../../../src/tracing/launch/launched-tracer.js';

/** A program, the signals that it got, and a function that completes its last snapshot. */
function program() {
  const sent: string[] = [];
  let snapshotComes = () => {};
  const snapshot = new Promise<void>((resolve) => {
    snapshotComes = resolve;
  });
  const kill = async (signal: NodeJS.Signals = 'SIGTERM', { atOnce, unless, group }: KillOptions = {}) => {
    if (!atOnce) await snapshot;
    if (!unless?.aborted) sent.push(group ? `${signal} to its group` : signal);
  };
  const passed = new PassedSignals();
  const launching = Promise.resolve({ kill });
  const pass = (signal: Interruption) => passed.pass(signal, launching);
  return { sent, passed, pass, snapshotComes };
}

test.each([
  ['SIGINT', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
] as const)('%s and %s together: the program gets SIGTERM at once, and nothing later', async (first, second) => {
  const { sent, pass, snapshotComes } = program();
  const passing = [pass(first), pass(second)];
  await passing[1];
  expect(sent).toEqual(['SIGTERM']);
  snapshotComes();
  await Promise.all(passing);
  expect(sent).toEqual(['SIGTERM']);
});

test('one alone waits for the last snapshot; a later one is passed on unchanged', async () => {
  const { sent, passed, pass, snapshotComes } = program();
  expect(passed.any).toBe(false);
  const passing = pass('SIGTERM');
  expect([passed.any, sent]).toEqual([true, []]);
  snapshotComes();
  await passing;
  await pass('SIGINT');
  expect(sent).toEqual(['SIGTERM', 'SIGINT']);
});

test.each([
  [['SIGTERM', 'SIGTERM', 'SIGINT'], 'SIGKILL to its group'],
  [['SIGTERM', 'SIGHUP', 'SIGTERM'], 'SIGKILL'],
] as const)('the third one is SIGKILL: %j', async (signals, expected) => {
  const { sent, pass } = program();
  const [, ...later] = signals.map(pass);
  await Promise.all(later);
  expect(sent).toEqual(['SIGTERM', expected]);
});
