import { isMainThread, parentPort } from 'node:worker_threads';
import { installCompileStep } from './compile-step.js';
import { setEngineFlags } from './flags.js';
import { letChildrenInherit } from './inherit.js';
import { createInstrument, type Listener } from './instrument.js';
import { beginsWithCommonJs, mayImport } from './only-commonjs.js';
import { Problems } from './problems.js';
import { threadHooks } from './register-thread.js';
import { installRegistry } from './script-registry.js';
import { installStackTraces } from './stack-traces.js';
import { syncHooks } from './sync-hooks.js';

/**
 * `node --import node-tracemalloc/register app.mjs`: true lines for what this thread loads from now on. It is found by any tool that attaches
 * later, and costs nothing but time while there is none. Loading it twice is loading it once.
 */
// With `--require`, Node 18 and 20 run us on the loaders' thread too, which has no port to a parent: nothing of the program's runs there.
const isLoadersThread = !isMainThread && parentPort === null;
const registry = isLoadersThread ? undefined : installRegistry();
if (registry) {
  setEngineFlags();
  const problems = new Problems();
  const listener: Listener = {
    onScript: (script) => registry.announce(script),
    onProblem: (filename, problem) => problems.add(filename, problem),
  };
  const instrument = createInstrument(listener);
  const inThisThread = syncHooks(instrument);
  const inAnother = inThisThread ? undefined : threadHooks(listener);
  if (inAnother) registry.receive = inAnother.receive;
  let hooksToInstall = inThisThread ?? inAnother?.install;
  const installHooks = () => {
    hooksToInstall?.();
    hooksToInstall = undefined;
  };
  if (!isMainThread || !beginsWithCommonJs()) installHooks();
  installCompileStep((source, info) => {
    if (hooksToInstall && mayImport(source)) installHooks();
    return instrument(source, info);
  });
  installStackTraces(registry);
  if (isMainThread) {
    letChildrenInherit(import.meta.url);
    process.on('exit', () => {
      if (problems.summary !== undefined) process.stderr.write(problems.summary);
    });
  }
}
