/** Something failed. */
export const FAILED = 1;
/** A limit was exceeded: something leaks, or is larger than it may be. */
export const EXCEEDED = 3;
