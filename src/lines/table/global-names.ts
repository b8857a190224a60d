/** The name on `globalThis` of the registry that a controller finds in an instrumented program. */
export const REGISTRY = Symbol.for('node-tracemalloc.lines');
/** The name of the function that an instrumented text calls. */
export const REGISTER = '__node_tracemalloc__';
/** A binding that a controller may install to be informed at once: after the program has ended, evaluations are no longer answered. */
export const PUSH = '__node_tracemalloc_push__';
