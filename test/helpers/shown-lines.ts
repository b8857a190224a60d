import { join } from 'node:path';
import { runCommand } from './command.js';
import { temporaryFolder } from './target-process.js';

interface Frame {
  readonly filename: string;
  readonly lineno: number;
  readonly functionName: string;
  readonly precision: string;
}

interface Row {
  readonly size: number;
  readonly count: number;
  readonly traceback: { readonly frames: readonly Frame[] };
}

export interface ShownLine {
  readonly size: number;
  readonly count: number;
  readonly functionName: string;
  readonly precision: string;
}

interface Traced {
  /** By `FILE:LINE`. */
  readonly lines: ReadonlyMap<string, ShownLine>;
  readonly stderr: string;
  /** The path of the saved snapshot. */
  readonly snapshot: string;
}

interface RunOptions {
  readonly execPath?: string;
  /** Arguments for node. */
  readonly nodeArgs?: readonly string[];
  /** Options for the command. */
  readonly options?: readonly string[];
  readonly cwd?: string;
}

/** Runs `tracemalloc run` with every block counted. The program must not print a brace. */
export async function runAndShow(
  program: readonly string[],
  { execPath, nodeArgs = [], options = [], cwd }: RunOptions = {},
): Promise<Traced> {
  const snapshot = join(temporaryFolder(), 'saved.tmsnap');
  const node = [...(execPath === undefined ? [] : ['--node', execPath]), ...nodeArgs.flatMap((arg) => ['--node-arg', arg])];
  const args = ['run', '--mode', 'exact', '--json', '-o', snapshot, ...options, ...node, '--', ...program];
  const env = { NODE_NO_WARNINGS: '1', NODE_TRACEMALLOC_CACHE: '' };
  const { code, stdout, stderr } = await runCommand(args, { env, ...(cwd !== undefined && { cwd }) });
  if (code !== 0) throw new Error(`run ended with ${code}: ${stderr}`);
  return { lines: linesOf(stdout.slice(stdout.indexOf('{'))), stderr, snapshot };
}

/** Runs `tracemalloc stats` on a saved snapshot. */
export async function statsOf(snapshot: string, ...options: readonly string[]): Promise<Omit<Traced, 'snapshot'>> {
  const { code, stdout, stderr } = await runCommand(['stats', '--json', ...options, snapshot]);
  if (code !== 0) throw new Error(`stats ended with ${code}: ${stderr}`);
  return { lines: linesOf(stdout), stderr };
}

function linesOf(json: string): ReadonlyMap<string, ShownLine> {
  const { statistics } = JSON.parse(json) as { statistics: readonly Row[] };
  return new Map(
    statistics.map(({ size, count, traceback: { frames } }) => {
      const { filename, lineno, functionName, precision } = frames[0]!;
      return [`${filename}:${lineno}`, { size, count, functionName, precision }];
    }),
  );
}
