import { UnsupportedError } from '../errors.js';
import { evaluateOwn } from '../protocol/own-calls.js';
import type { Session } from '../protocol/session.js';

/** Boolean flags have a known way back. Node 18 knows only the first. */
const FLAGS = ['turbo-inlining', 'maglev-inlining'];

/**
 * Makes a running target stop inlining functions, so that each has its own bytes: the flags, then one moment of precise coverage, which
 * deoptimizes all code; what is hot is compiled again without inlining (18 to 26).
 *
 * @returns what switches it on again
 * @throws UnsupportedError where the target does not let us set flags
 */
export async function switchInliningOff(session: Session, nodeMajor: number): Promise<() => Promise<void>> {
  const flags = nodeMajor < 20 ? FLAGS.slice(0, 1) : FLAGS;
  await setFlags(
    session,
    flags.map((flag) => `--no-${flag}`),
  );
  await deoptimize(session);
  return async () => {
    await setFlags(
      session,
      flags.map((flag) => `--${flag}`),
    );
    await deoptimize(session);
  };
}

/** Sets flags of V8. `process.getBuiltinModule` exists from 20.16 and 22.3 on; before, `require` of the command line API does it. */
export async function setFlags(session: Session, flags: readonly string[]): Promise<void> {
  const calls = flags.map((flag) => `v8.setFlagsFromString('${flag}');`).join(' ');
  const { exceptionDetails } = await evaluateOwn(session, `{ const v8 = (process.getBuiltinModule ?? require)('v8'); ${calls} }`, {
    includeCommandLineAPI: true,
    doing: 'setting flags of V8',
  });
  if (exceptionDetails) {
    throw new UnsupportedError(
      `this target does not let us set flags of V8 (${exceptionDetails.exception?.description?.split('\n')[0] ?? exceptionDetails.text}); ` +
        'start the program with --max-inlined-bytecode-size=0 instead',
    );
  }
}

async function deoptimize(session: Session): Promise<void> {
  const doing = { doing: 'deoptimizing the target' };
  await session.send('Profiler.enable', undefined, doing);
  await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true }, doing);
  await session.send('Profiler.stopPreciseCoverage', undefined, doing);
  await session.send('Profiler.disable', undefined, doing);
}
