import { expect } from '@jest/globals';
import { attach } from '../../src/index.js';
import { evaluateIn, inTurnOfItsOwn } from './evaluate.js';
import type { TargetProcess } from './target-process.js';

/** Expects that nobody samples the target, that nothing pauses it, and that it runs. */
export async function expectClean(target: TargetProcess): Promise<void> {
  await expect(evaluateIn(target.port, inTurnOfItsOwn('debugger'))).resolves.toBe(42);
  const tracer = await attach(target.port);
  await tracer.start();
  await tracer.close();
  expect(target.child.exitCode).toBeNull();
}
