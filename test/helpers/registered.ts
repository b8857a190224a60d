import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repoPath } from './paths.js';

export const REGISTER_URL = pathToFileURL(repoPath('dist/src/lines/preload/register.js')).href;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const folders: string[] = [];

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-lines-'));
  folders.push(folder);
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Runs a program to its end. */
export function run(execPath: string, args: readonly string[], { execArgv = [], env = {}, cwd }: RunOptions = {}): Run {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(execPath, [...execArgv, ...args], {
    env: { ...inherited, ...env },
    cwd,
    encoding: 'utf8',
    timeout: 150_000,
    maxBuffer: 2 ** 28,
  });
  return { code: status, stdout, stderr };
}

/** Runs a program to its end with true lines. */
export function runRegistered(execPath: string, args: readonly string[], { execArgv = [], ...options }: RunOptions = {}): Run {
  return run(execPath, args, { ...options, execArgv: [...execArgv, '--import', REGISTER_URL] });
}
