// Imports nothing: the preload takes it into programs. Which version knows which flag was read off `--v8-options` of 18 to 26.

/** Flags of V8 that change something, and those that put it back. */
export interface Flags {
  readonly set: readonly string[];
  readonly undo: readonly string[];
}

/** Inlining by both compilers. Node 18 knows only the first. */
export function inliningFlags(nodeMajor: number): Flags {
  return off(nodeMajor < 20 ? ['turbo-inlining'] : ['turbo-inlining', 'maglev-inlining']);
}

/** Several objects in one allocation, which is one sample (v8-facts 3). Maglev has levels, and another default in each version. */
export function foldingFlags(nodeMajor: number): Flags {
  const { set, undo } = off(['turbo-allocation-folding']);
  if (nodeMajor < 24) return { set, undo };
  return { set: [...set, '--maglev-allocation-folding=0'], undo: [...undo, `--maglev-allocation-folding=${nodeMajor < 26 ? 1 : 2}`] };
}

/**
 * What the tracking of allocations cannot bear. Escape analysis leaves objects out. Compaction moves objects, and V8 from Node 24 on loses the stacks
 * of those that the collection before a heap snapshot moves (15,000 of 60,000 seen; none without).
 */
export const TRACKING_FLAGS: Flags = off(['turbo-escape', 'compact']);

function off(names: readonly string[]): Flags {
  return { set: names.map((name) => `--no-${name}`), undo: names.map((name) => `--${name}`) };
}
