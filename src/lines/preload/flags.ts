import { setFlagsFromString } from 'node:v8';
import { foldingFlags, inliningFlags } from '../../protocol/v8-flags.js';

/**
 * Switches inlining off, because inlining removes a wrapper's frame once its function is hot. Switches allocation folding off, because
 * folding makes several objects count as one (v8-facts 2, 3). V8 prints a warning about an unknown flag, so only flags that exist are set.
 *
 * Never set `--max-inlined-bytecode-size` in a running process: TurboFan reads it twice on its own thread and aborts if the two values
 * differ (`Check failed: inlineability == kHasOptimizationDisabled`, seen on 20.20.2). It reads the flags below once in each compilation.
 */
export function setEngineFlags(): void {
  const major = Number.parseInt(process.versions.node, 10);
  for (const flag of [...inliningFlags(major).set, ...foldingFlags(major).set]) setFlagsFromString(flag);
}
