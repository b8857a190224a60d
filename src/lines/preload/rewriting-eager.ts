import * as rewriting from './rewriting.js';

/** Where a module cannot be `require`d (Node 18): a hook that must answer at once needs it from the start. */
export function loadRewriting(): typeof rewriting {
  return rewriting;
}
