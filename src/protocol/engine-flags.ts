import { UnsupportedError } from '../errors.js';
import { evaluateOwn } from './evaluate.js';
import type { Session } from './session.js';

/**
 * Node's module `v8` where an evaluation of ours can have it (`process.getBuiltinModule`: from 20.16 and 22.3 on), else what is below it, which
 * Node warns of.
 */
const V8 = `process.getBuiltinModule?.('v8') ?? (() => {
  const { noDeprecation } = process;
  process.noDeprecation = true;
  try { return process.binding('v8'); } finally { process.noDeprecation = noDeprecation; }
})()`;

/**
 * Sets flags of V8.
 *
 * @returns for each whether that changed it: V8's tag for code caches is a hash over its flags (18 to 26). Of a flag that no answer tells of it is true
 */
export async function setFlags(session: Session, flags: readonly string[]): Promise<boolean[]> {
  const calls = flags.map((flag) => `set(() => v8.setFlagsFromString('${flag}'))`).join(', ');
  const { result, exceptionDetails } = await evaluateOwn(
    session,
    `{ const v8 = ${V8}; const set = (act) => { const before = v8.cachedDataVersionTag(); act(); return before !== v8.cachedDataVersionTag(); }; [${calls}] }`,
    { doing: 'setting flags of V8' },
  );
  if (exceptionDetails) {
    throw new UnsupportedError(
      `this target does not let us set flags of V8 (${exceptionDetails.exception?.description?.split('\n')[0] ?? exceptionDetails.text}); ` +
        `start the program with ${flags.join(' ')} instead`,
    );
  }
  const changed: readonly unknown[] = Array.isArray(result.value) ? result.value : [];
  return flags.map((_, i) => changed[i] !== false);
}

/** Throws all optimized code of an isolate away by one moment of precise coverage: what is hot is compiled again, with the flags of now (18 to 26). */
export async function deoptimize(session: Session): Promise<void> {
  const doing = { doing: 'deoptimizing the target' };
  await session.send('Profiler.enable', undefined, doing);
  await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true }, doing);
  await session.send('Profiler.stopPreciseCoverage', undefined, doing);
  await session.send('Profiler.disable', undefined, doing);
}
