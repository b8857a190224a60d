import { attach } from '../../src/tracing/attach/attach.js';
import { launch } from '../../src/tracing/launch/launch.js';
import { openEvaluator } from './evaluate.js';
import { repoPath } from './paths.js';
import { startTarget } from './target-process.js';

const PROGRAM = repoPath('fixtures', 'programs', 'deoptimizing.cjs');

/** One run of the deoptimizing program in object mode. Throws if the program does not survive. */
export async function launchedDeopts(execPath: string): Promise<void> {
  const tracer = await launch(PROGRAM, { execPath, args: ['work'], mode: 'objects', stdio: 'ignore' });
  await tracer.start({ mode: 'objects', nframe: 10 });
  const { code, signal, snapshot, error } = await tracer.exited;
  if (code !== 0 || signal !== null || snapshot === null) throw new Error(`it ended with ${signal ?? code}: ${String(error)}`);
}

/** Attaches once while the program is hot, with deoptimizations before a snapshot, after it, and after the end. */
export async function attachedDeopts(execPath: string): Promise<void> {
  const target = await startTarget({ execPath, file: PROGRAM, ready: true });
  const evaluator = await openEvaluator(target.port);
  try {
    const tracer = await attach(target.port);
    await tracer.start({ mode: 'objects', nframe: 10 });
    await evaluator.evaluate('deoptimize() + heat()');
    await tracer.takeSnapshot();
    await evaluator.evaluate('deoptimize() + heat()');
    await tracer.close();
    await evaluator.evaluate('heat() + deoptimize()');
    await evaluator.close();
    if (target.child.exitCode !== null || target.child.signalCode !== null) throw new Error(`it ended with ${target.child.signalCode}`);
  } finally {
    await target.kill();
  }
}
