/** What a controller finds in an instrumented program, on `globalThis`. */
export const REGISTRY = Symbol.for('node-tracemalloc.lines');
/** The function that an instrumented text calls. */
export const REGISTER = '__node_tracemalloc__';
/** The binding that a controller may install to be told at once: an evaluation is not answered any more once the program has ended. */
export const PUSH = '__node_tracemalloc_push__';
