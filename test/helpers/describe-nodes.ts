import { describe, test } from '@jest/globals';
import { messageOf } from '../../src/protocol/error-text.js';
import { type NodeBinary, nodeBinaries } from './nodes.js';

/** Describes each Node of this run that `isWanted`. `title` contains `$major`. There may be none, which jest would refuse as an empty table or file. */
export function describeNodes(title: string, isWanted: (major: number) => boolean, define: (node: NodeBinary) => void): void {
  const wanted = nodeBinaries().filter(({ major }) => isWanted(major));
  if (wanted.length > 0) describe.each(wanted)(title, define);
  else test.skip(`${title}: no Node of this run`, () => {});
}

/** One test on all Nodes of this run at the same time, for what mostly waits. */
export function testAllAtOnce(title: string, act: (node: NodeBinary) => Promise<void>): void {
  const nodes = nodeBinaries();
  const onOne = async (node: NodeBinary) => {
    try {
      await act(node);
    } catch (error) {
      throw new Error(`on Node ${node.major}: ${messageOf(error)}`, { cause: error });
    }
  };
  test(`${title}, Node ${nodes.map(({ major }) => major).join(', ')}`, async () => {
    await Promise.all(nodes.map(onOne));
  });
}
