import { transform } from '../transform.js';

/** Where a module cannot be `require`d (Node 18): a hook that must answer at once needs the transform from the start. */
export function loadTransform(): typeof transform {
  return transform;
}
