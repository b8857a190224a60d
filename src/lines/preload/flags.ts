import { setFlagsFromString } from 'node:v8';
import { foldingFlags, inliningFlags } from '../../protocol/v8-flags.js';

/**
 * Inlining off, or a wrapper has no frame once its function is hot; allocation folding off, or several objects count as one (v8-facts 2, 3).
 * V8 complains on stderr about a flag that it does not know, so only those that exist are set.
 *
 * Never `--max-inlined-bytecode-size` in a process that runs: TurboFan asks for it twice, on its own thread, and aborts when the answers differ
 * (`Check failed: inlineability == kHasOptimizationDisabled`, met on 20.20.2). These flags are read once a compilation.
 */
export function setEngineFlags(): void {
  const major = Number.parseInt(process.versions.node, 10);
  for (const flag of [...inliningFlags(major).set, ...foldingFlags(major).set]) setFlagsFromString(flag);
}
