import { execFileSync } from 'node:child_process';
import { nodeBinaries } from '../helpers/nodes.js';
import { repoPath } from '../helpers/paths.js';
import { printTable } from './measure.js';

const LENGTHS = [8, 16, 24, 40, 56];

interface Told {
  readonly elements: number;
  readonly takenFor: readonly { readonly size: number; readonly bytes: number; readonly error: number }[];
}

/** For which size V8's sampler takes the blocks of small typed arrays, without our code. `TEST_NODES=all` runs it on all versions. */
export function benchTypedArrays(): Promise<void> {
  const rows = nodeBinaries().flatMap(({ major, execPath }) =>
    LENGTHS.map((length) => {
      const program = repoPath('fixtures', 'programs', 'typed-array-sampling.cjs');
      const { elements, takenFor }: Told = JSON.parse(execFileSync(execPath, [program, `${length}`], { encoding: 'utf8' }));
      const cells = takenFor.map(({ bytes, error }) => (bytes === 0 ? '' : `${bytes.toFixed(1)} ± ${error.toFixed(1)}`));
      return [`${major}`, `${elements}`, ...cells];
    }),
  );
  printTable([['Node', 'elements, bytes', 'taken for', 'array, 104', 'buffer, 96', 'buffer, 112'], ...rows]);
  return Promise.resolve();
}
