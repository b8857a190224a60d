import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from '@jest/globals';
import { describeNodes } from '../../helpers/describe-nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { reapLater, reapTargets } from '../../helpers/target-process.js';

afterEach(reapTargets);

const PROGRAM = repoPath('fixtures/programs/kept-by-work.mjs');
const TRUE_LINES = ['--import', repoPath('dist/src/lines/preload/register.js')];
const FEW = ['listener', 'later'];
const MORE = ['session', 'body', 'timer', 'promise', 'memoize', 'stored'];
const CLEAN = ['json', 'recent', 'console'];
const MORE_CLEAN = ['emitter', 'manyRecent', 'timeout', 'request'];

interface Results {
  /** By function: the stack of each place where something grew, as `file:line`. */
  readonly found: Record<string, string[][]>;
  readonly message?: string;
}

/** The results of the program, with `growing` for the function whose error is wanted. */
async function run(execPath: string, names: readonly string[], { execArgv = [] as string[], growing = '' } = {}): Promise<Results> {
  const env = { ...process.env, NODE_OPTIONS: '', GROWING: growing };
  const child = spawn(execPath, [...execArgv, PROGRAM, ...names], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close') as Promise<[code: number | null, signal: string | null]>;
  reapLater(() => {
    child.kill('SIGKILL');
    return closed;
  });
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (code !== 0) throw new Error(`the program ended with code ${code}, signal ${signal}:\n${stderr}`);
  return JSON.parse(stdout) as Results;
}

/** The lines that have the comment: a memo keeps its keys and its values. */
function linesOf(leak: string): number[] {
  const lines = readFileSync(PROGRAM, 'utf8').split('\n');
  return lines.flatMap((line, index) => (line.endsWith(`// leak ${leak}`) ? [index + 1] : []));
}

/** The newest frame of the program in the first place that was found. */
function firstPlace(found: Results['found'], name: string): number {
  const newest = found[name]![0]?.findLast((frame) => frame.startsWith(PROGRAM));
  return Number(newest?.slice(PROGRAM.length + 1));
}

describeNodes(
  'findGrowth on Node $major',
  (major) => major >= 20,
  ({ execPath }) => {
    const functionsFound = async (names: readonly string[]) => {
      const { found } = await run(execPath, names);
      // A function begins on the line of its leak, or on the one or two lines before.
      return names.map((name) => [name, linesOf(name).some((line) => [0, 1, 2].includes(line - firstPlace(found, name)))]);
    };

    it('finds the function that keeps something', async () => {
      expect(await functionsFound(FEW)).toEqual(FEW.map((name) => [name, true]));
    }, 120_000); // it takes 10 s of processor time

    it('finds more of them (full)', async () => {
      expect(await functionsFound(MORE)).toEqual(MORE.map((name) => [name, true]));
    });

    it('finds nothing in functions that keep nothing, or a bounded number of things (long)', async () => {
      expect(await run(execPath, CLEAN)).toEqual({ found: Object.fromEntries(CLEAN.map((name) => [name, []])) });
    });

    it('finds nothing in more of them (full)', async () => {
      expect(await run(execPath, MORE_CLEAN)).toEqual({ found: Object.fromEntries(MORE_CLEAN.map((name) => [name, []])) });
    });

    it.each([
      ['(long)', FEW],
      ['of more of them (full)', MORE],
    ])('names the line with true lines %s', async (_, names) => {
      const { found } = await run(execPath, names, { execArgv: TRUE_LINES });
      expect(names.filter((name) => !linesOf(name).includes(firstPlace(found, name)))).toEqual([]);
    });

    it('says in at most 12 lines what grew (long)', async () => {
      const { message } = await run(execPath, [], { growing: 'session', execArgv: TRUE_LINES });
      const lines = message!.split('\n');
      expect(lines.length).toBeLessThanOrEqual(12);
      expect(lines[0]).toMatch(/^session keeps \d+ B of every call: each of 5 rounds of 100 calls left it behind$/);
      expect(lines[2]).toMatch(new RegExp(`^  \\d+ B a call: fixtures/programs/kept-by-work.mjs:${linesOf('session')[0]} session$`));
      expect(lines[3]).toBe('      sessions.set(n++, { n }); // leak session');
    });
  },
);
