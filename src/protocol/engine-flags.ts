import { ConnectionLostError, UnsupportedError } from '../errors.js';
import { evaluateOwn } from './evaluate.js';
import type { Session } from './session.js';

/**
 * Node's module `v8`, if an evaluation can get it (`process.getBuiltinModule`: from 20.16 and 22.3 on). Otherwise the internal binding
 * below it, for which Node would print a deprecation warning.
 */
export const V8 = `process.getBuiltinModule?.('v8') ?? (() => {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try { return process.binding('v8'); } finally { process.noDeprecation = noDeprecation; }
})()`;

/**
 * Sets flags of V8.
 *
 * @returns for each flag, whether setting it changed V8's tag for code caches, which is a hash of its flags (18 to 26); true if the target
 *   gave no answer for that flag
 * @throws UnsupportedError if the target does not let us, ConnectionLostError if the program has ended
 */
export async function setFlags(session: Session, flags: readonly string[]): Promise<boolean[]> {
  const calls = flags.map((flag) => `set(() => v8.setFlagsFromString('${flag}'))`).join(', ');
  const { value, problem } = await evaluateOwn(
    session,
    `{ const v8 = ${V8}; const set = (act) => { const before = v8.cachedDataVersionTag(); act(); return before !== v8.cachedDataVersionTag(); }; [${calls}] }`,
    { doing: 'setting flags of V8' },
  );
  if (session.programEnd.hasCome)
    throw new ConnectionLostError(`${session.label} gave no answer while setting flags of V8: the program has ended`);
  if (problem !== null) {
    throw new UnsupportedError(
      `this target does not let us set flags of V8 (${problem}); start the program with ${flags.join(' ')} instead`,
    );
  }
  const changed: readonly unknown[] = Array.isArray(value) ? value : [];
  return flags.map((_, i) => changed[i] !== false);
}

/** Whether Node collects the coverage of the program's code. A collector that the program has started itself is not seen. */
export async function collectsCoverage(session: Session): Promise<boolean> {
  const { value } = await evaluateOwn(session, 'Boolean(process.env.NODE_V8_COVERAGE)', { doing: 'asking for coverage' });
  return value === true;
}

/**
 * Discards all optimized code of an isolate by a moment of precise coverage. Hot code is then compiled again, with the current flags
 * (18 to 26).
 */
export async function deoptimize(session: Session): Promise<void> {
  const doing = { doing: 'deoptimizing the target' };
  await session.send('Profiler.enable', undefined, doing);
  await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true }, doing);
  await session.send('Profiler.stopPreciseCoverage', undefined, doing);
  await session.send('Profiler.disable', undefined, doing);
}
