/** The scheme of what we run in a target (`//# sourceURL=`). It tells our allocations from those of the program. */
export const OWN_SCHEME = 'node-tracemalloc:';

/** The name of the scripts of labels: a function in them is the label of what it calls, and its name is the label's. */
export const LABEL_SCRIPT = `${OWN_SCHEME}labels`;

/** The code that sets labels. Its frames stand between those of the program. */
export const LABEL_RUNTIME = `${OWN_SCHEME}label-runtime`;
