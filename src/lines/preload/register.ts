import { isMainThread, parentPort } from 'node:worker_threads';
import { installCompileStep } from './compile-step.js';
import { setEngineFlags } from './flags.js';
import { letChildrenInherit } from './inherit.js';
import { createInstrument, type Listener } from './instrument.js';
import { beginsWithCommonJs, mayImport } from './only-commonjs.js';
import { installOwnLabels } from './own-labels.js';
import { Problems } from './problems.js';
import { threadHooks } from './register-thread.js';
import { installRegistry } from './script-registry.js';
import { installStackTraces } from './stack-traces.js';
import { syncHooks } from './sync-hooks.js';

/**
 * `node --import node-tracemalloc/register app.mjs`: true lines for everything that this thread loads from now on. Any tool that attaches
 * later finds them. Until then they only cost time. Loading this file a second time changes nothing.
 */
// With `--require`, Node 18 and 20 also run us on the loaders' thread. No code of the program runs there. It has no port to a parent.
const isLoadersThread = !isMainThread && parentPort === null;
const labels = !isLoadersThread && installOwnLabels();
const registry = isLoadersThread ? undefined : installRegistry({ labels });
if (registry) {
  setEngineFlags();
  const problems = new Problems();
  const listener: Listener = {
    onScript: (script) => registry.announce(script),
    onProblem: (filename, problem) => problems.add(filename, problem),
  };
  const instrument = createInstrument(listener, { labels });
  const inThisThread = syncHooks(instrument);
  const inAnother = inThisThread ? undefined : threadHooks(listener, { labels });
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
