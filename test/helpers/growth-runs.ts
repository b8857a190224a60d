import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Place } from './growth-subjects.js';
import { repoPath } from './paths.js';

const PROGRAM = repoPath('dist/test/helpers/repeat-growth-assertion.js');
const REGISTER = repoPath('dist/src/lines/preload/register.js');

/** What an assertion on a function said once. */
export interface GrowthRun {
  readonly file: string;
  readonly ms: number;
  /** The message of the assertion's failure; null if it held. */
  readonly message: string | null;
  /** The rows that the assertion blames. */
  readonly rows: readonly GrowthRow[];
}

export interface GrowthRow {
  /** Of the traceback, oldest first. */
  readonly places: readonly Place[];
  readonly sizes: readonly number[];
  readonly counts: readonly number[];
}

/** The newest place of the program's own code in the row that comes first. */
export function firstPlace({ rows }: GrowthRun): Place | undefined {
  return rows[0]?.places.findLast(({ filename }) => !/^node:|[\\/]node_modules[\\/]/.test(filename));
}

export interface RunOptions {
  readonly execPath: string;
  readonly files: readonly string[];
  /** How often each file is asserted on in the one process. */
  readonly runs: number;
  readonly lines: 'true lines' | 'functions';
  /** Where the packages of the files are installed. */
  readonly modules?: string | undefined;
}

/** Asserts on the functions of files, all in one process of their own. */
export async function growthRuns({ execPath, files, runs, lines, modules = '' }: RunOptions): Promise<GrowthRun[]> {
  const flags = lines === 'true lines' ? ['--import', REGISTER] : [];
  const child = spawn(execPath, ['--no-warnings', ...flags, PROGRAM, String(runs), ...files], {
    env: { ...process.env, NODE_OPTIONS: '', NODE_PATH: modules },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<string>((resolve) => child.once('close', (code, signal) => resolve(`code ${code}, signal ${signal}`)));
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const found = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as GrowthRun);
  if (found.length !== runs * files.length) throw new Error(`${files.join(', ')}: ${found.length} runs, then ${end}\n${stderr}`);
  return found;
}
