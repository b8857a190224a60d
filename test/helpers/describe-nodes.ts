import { describe, test } from '@jest/globals';
import { type NodeBinary, nodeBinaries } from './nodes.js';

/** Describes each Node of this run that `isWanted`. `title` contains `$major`. There may be none, which jest would refuse as an empty table or file. */
export function describeNodes(title: string, isWanted: (major: number) => boolean, define: (node: NodeBinary) => void): void {
  const wanted = nodeBinaries().filter(({ major }) => isWanted(major));
  if (wanted.length > 0) describe.each(wanted)(title, define);
  else test.skip(`${title}: no Node of this run`, () => {});
}
