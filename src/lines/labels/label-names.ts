/** The name on `globalThis` of the function that gives a wrapper the function of the current label. It is short, because every wrapper calls it. */
export const CURRENT_LABEL = '__ntm__';
/** The symbol on `globalThis` under which a program finds what sets labels. `node-tracemalloc/labels` knows it, too. */
export const LABEL_REGISTRY = 'node-tracemalloc.labels';
