import { setFlagsFromString } from 'node:v8';

/**
 * Inlining off, or a wrapper has no frame once its function is hot; allocation folding off, or several objects count as one (v8-facts 2, 3).
 * V8 complains on stderr about a flag that it does not know, so each is set only where it exists (read off `--v8-options` of 18 to 26).
 *
 * Never `--max-inlined-bytecode-size` in a process that runs: TurboFan asks for it twice, on its own thread, and aborts when the answers differ
 * (`Check failed: inlineability == kHasOptimizationDisabled`, met on 20.20.2). These flags are read once a compilation.
 */
export function setEngineFlags(versions: NodeJS.ProcessVersions = process.versions): void {
  const major = Number.parseInt(versions.node, 10);
  setFlagsFromString('--no-turbo-inlining');
  if (major >= 20) setFlagsFromString('--no-maglev-inlining');
  setFlagsFromString('--no-turbo-allocation-folding');
  if (major >= 24) setFlagsFromString('--maglev-allocation-folding=0');
}
