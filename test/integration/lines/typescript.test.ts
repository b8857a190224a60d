import { afterAll, describe, expect, test } from '@jest/globals';
import { runCommand } from '../../helpers/command.js';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { nodeBinaries, oldestAndNewest } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { providePackages } from '../../helpers/provide.js';
import { removeTemporaryFolders, run, runRegistered, temporaryFolder } from '../../helpers/registered.js';
import { reapTargets } from '../../helpers/target-process.js';

const FOLDER = repoPath('fixtures/programs/lines/typescript');
/** The lines of app.ts that make 4,000 BigInts each, and the bytes of one. */
const KNOWN = [
  [16, 88],
  [17, 152],
] as const;
const TOLERANCE = 0.02;
/** With optimized code, V8 books the data of that code, up to 32 KB on Node 22, on the line that runs when the code is ready. */
const UNOPTIMIZED = '--max-optimized-bytecode-size=0';
const cwd = await providePackages('loaders');
const CACHE = temporaryFolder();
const env = { NODE_NO_WARNINGS: '1', NODE_TRACEMALLOC_CACHE: CACHE };
afterAll(removeTemporaryFolders);
afterAll(reapTargets);

interface Row {
  readonly size: number;
  readonly count: number;
  readonly traceback: { readonly frames: readonly { readonly filename: string; readonly lineno: number; readonly precision: string }[] };
}

async function expectLines(execPath: string, flags: readonly string[], [program, ...args]: readonly string[]): Promise<void> {
  const command = ['run', '--lines', '--mode', 'exact', '--json', '-o', `${temporaryFolder()}/app.tmsnap`, '--node', execPath];
  const nodeArgs = [UNOPTIMIZED, ...flags].flatMap((flag) => ['--node-arg', flag]);
  const { code, stdout } = await runCommand([...command, ...nodeArgs, '--', `${FOLDER}/${program}`, ...args], { cwd, env });
  const end = stdout.indexOf('\n'); // end of the line that the program itself prints
  expect({ code, printed: stdout.slice(0, end) }).toEqual({ code: 0, printed: '4000' });
  const { statistics } = JSON.parse(stdout.slice(end)) as { statistics: readonly Row[] };
  for (const [lineno, bytes] of KNOWN) {
    const row = statistics.find(({ traceback: { frames } }) => frames[0]?.filename === `${FOLDER}/app.ts` && frames[0].lineno === lineno);
    expect(row?.traceback.frames[0]?.precision).toBe('line');
    expect(Math.abs(row!.size / (4000 * bytes) - 1)).toBeLessThan(TOLERANCE);
    expect(Math.abs(row!.count / 4000 - 1)).toBeLessThan(TOLERANCE);
  }
}

describe.each(nodeBinaries())('on Node $major', ({ execPath }) => {
  test('run --lines gives the lines of TypeScript that tsx compiles (matrix)', () =>
    expectLines(execPath, ['--import', 'tsx'], ['app.ts']));

  test('stacks show TypeScript, whether tsx or our preload comes first (long)', () => {
    const program = `${FOLDER}/stacks.ts`;
    const tsx = ['--import', 'tsx'];
    const plain = run(execPath, [program], { cwd, execArgv: tsx, env });
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(
      /^Error: made in Callback\n {4}at made \(\S+stacks\.ts:8:23\)\n {4}at Array\.map[^\n]+\n {4}at inCallback \(\S+:7:26\)\n/,
    );
    expect(runRegistered(execPath, [program], { cwd, execArgv: tsx, env })).toEqual(plain);
    expect(runRegistered(execPath, [...tsx, program], { cwd, env })).toEqual(plain);
  });
});

test.each(oldestAndNewest())('run --lines gives the lines of TypeScript that ts-node compiles, on Node $major (long)', ({ execPath }) => {
  return expectLines(execPath, [], ['ts-node.cjs', 'app.ts']);
});

describeNodes(
  'what Node $major itself transforms',
  (major) => major === 24,
  ({ execPath }) => {
    test('gets no true lines, because Node would transform our text again', () => expectNoLines(execPath));
  },
);

async function expectNoLines(execPath: string): Promise<void> {
  const program = [...['--node', execPath, '--node-arg', '--experimental-transform-types', '--'], `${FOLDER}/app.ts`, 'hold'];
  const { code, stdout } = await runCommand(
    ['run', '--lines', '--mode', 'exact', '--json', '-o', `${temporaryFolder()}/t.tmsnap`, ...program],
    { cwd, env },
  );
  const { statistics } = JSON.parse(stdout.slice(stdout.indexOf('\n'))) as { statistics: readonly Row[] };
  const frames = statistics.flatMap(({ traceback }) => traceback.frames).filter(({ filename }) => filename === `${FOLDER}/app.ts`);
  expect({ code, precisions: new Set(frames.map(({ precision }) => precision)) }).toEqual({ code: 0, precisions: new Set(['function']) });
}
