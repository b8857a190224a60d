import { type NodeBinary, nodeBinaries, oldestAndNewest } from './nodes.js';

/** `npm run test:full` takes the rounds and the versions that a release is tested with; every change is tested with fewer. */
export const IS_FULL = process.env.STRESS === 'full';

export function dose(usual: number, full: number): number {
  return IS_FULL ? full : usual;
}

/** The Nodes of a stress test that proves the same on each. */
export function stressNodes(): NodeBinary[] {
  return IS_FULL ? nodeBinaries() : oldestAndNewest();
}

/** Of these, oldest first, the newest at every change, and all in full: for what other tests show on each version, too. */
export function newestUnlessFull(nodes: readonly NodeBinary[]): readonly NodeBinary[] {
  return IS_FULL ? nodes : nodes.slice(-1);
}
