/** The label of all work whose own label is one too many. */
export const OTHER_LABELS = '(other)';
