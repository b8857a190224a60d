import { afterAll, describe, expect, test } from '@jest/globals';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { type NodeBinary, nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { runAndShow, type ShownLine } from '../../helpers/shown-lines.js';
import { reapTargets } from '../../helpers/target-process.js';

afterAll(reapTargets);

const FOLDER = repoPath('fixtures/programs/lines/typescript');
/** The line on which the function of app.ts starts, and the bytes that it keeps: 4,000 times BigInts of 88 and 152 bytes, and an object of 40. */
const [START, BYTES] = [14, 4000 * (88 + 152 + 40)];
/** The lines of app.ts that make the BigInts. */
const TRUE_LINES = [
  [16, 4000 * 88],
  [17, 4000 * 152],
] as const;

function expectAbout(line: ShownLine | undefined, bytes: number, precision: string): void {
  expect(line?.precision).toBe(precision);
  expect(line!.size / bytes).toBeGreaterThan(0.98);
  expect(line!.size / bytes).toBeLessThan(1.2); // more, because of the list of the rows and V8's own data
}

interface Loader {
  readonly packages: 'loaders' | 'compilers';
  readonly nodeArgs: readonly string[];
  readonly program: readonly string[];
}

async function expectLines({ execPath }: NodeBinary, { packages, nodeArgs, program }: Loader, isTrue: boolean): Promise<void> {
  const options = isTrue ? ['--lines'] : [];
  const { lines, stderr } = await runAndShow(isTrue ? program : [...program, 'hold'], {
    execPath,
    nodeArgs,
    options,
    cwd: await providePackages(packages),
  });
  if (isTrue) for (const [line, bytes] of TRUE_LINES) expectAbout(lines.get(`${FOLDER}/app.ts:${line}`), bytes, 'line');
  else expectAbout(lines.get(`${FOLDER}/app.ts:${START}`), BYTES, 'function');
  expect(stderr).not.toMatch(/source map/);
}

const tsx: Loader = { packages: 'loaders', nodeArgs: ['--import', 'tsx'], program: [`${FOLDER}/app.ts`] };
const tsNode: Loader = { packages: 'loaders', nodeArgs: [], program: [`${FOLDER}/ts-node.cjs`, 'app.ts'] };
const swc: Loader = { packages: 'compilers', nodeArgs: ['--import', '@swc-node/register/esm-register'], program: [`${FOLDER}/app.ts`] };

describe.each(nodeBinaries())('where the functions of TypeScript start, on Node $major', (node) => {
  test('compiled by tsx (matrix)', () => expectLines(node, tsx, false));
});

describe.each(oldestAndNewest())('on Node $major', (node) => {
  test('compiled by ts-node (long)', () => expectLines(node, tsNode, false));
  test('compiled by swc (long)', () => expectLines(node, swc, false));
  test('true lines of what swc compiles (long)', () => expectLines(node, swc, true));
});

describeNodes(
  "Node $major's own type stripping",
  (major) => major >= 22,
  ({ execPath }) => {
    const program = repoPath('fixtures/programs/lines/typed.ts');

    test('leaves lines as they are', async () => {
      const { lines } = await runAndShow([program], { execPath });
      // The callback makes an object of 32 bytes and a BigInt.
      expectAbout(lines.get(`${program}:12`), 4000 * (152 + 32), 'function');
    });

    test('leaves true lines as they are, too', async () => {
      const { lines } = await runAndShow([program], { execPath, options: ['--lines'] });
      expectAbout(lines.get(`${program}:14`), 4000 * 152, 'line');
    });
  },
);

// True lines are not supported here, because Node would transform our text again.
describeNodes(
  'files that Node $major transforms',
  (major) => major === 22 || major === 24,
  (node) => {
    test('gives the lines where functions start', () => expectLines(node, { ...tsx, nodeArgs: ['--experimental-transform-types'] }, false));
  },
);
