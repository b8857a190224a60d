// Imports nothing, because the preload takes this file into programs. `--v8-options` of Node 18 to 26 told which version knows which flag.

/** V8 flags that switch something, and the flags that switch it back. */
export interface Flags {
  readonly set: readonly string[];
  readonly undo: readonly string[];
}

/** Switches inlining off in both compilers. Node 18 knows only the first flag. */
export function inliningFlags(nodeMajor: number): Flags {
  return off(nodeMajor < 20 ? ['turbo-inlining'] : ['turbo-inlining', 'maglev-inlining']);
}

/**
 * Stops V8 from allocating several objects at once, which makes one sample (v8-facts 3). Maglev's flag is a level, whose default depends
 * on the version.
 */
export function foldingFlags(nodeMajor: number): Flags {
  const { set, undo } = off(['turbo-allocation-folding']);
  if (nodeMajor < 24) return { set, undo };
  return { set: [...set, '--maglev-allocation-folding=0'], undo: [...undo, `--maglev-allocation-folding=${nodeMajor < 26 ? 1 : 2}`] };
}

/**
 * Switches off what breaks allocation tracking. Escape analysis removes objects. Compaction moves objects, and V8 from Node 24 on loses the
 * stacks of those that the collection before a heap snapshot moves (15,000 of 60,000 were lost; none without compaction).
 */
export const TRACKING_FLAGS: Flags = off(['turbo-escape', 'compact']);

function off(names: readonly string[]): Flags {
  return { set: names.map((name) => `--no-${name}`), undo: names.map((name) => `--${name}`) };
}
