import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { repoPath } from './paths.js';

interface TargetOptions {
  readonly execPath: string;
  /** The file of a program, or its source: CommonJS, which runs from a temporary file. */
  readonly file?: string;
  readonly code?: string;
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Whether to wait until the program prints a line `ready`, or what this pattern matches. */
  readonly ready?: boolean | RegExp;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TargetProcess {
  readonly pid: number;
  readonly port: number;
  /** The URL of the inspector's WebSocket. */
  readonly url: string;
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly exited: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  /** Sends SIGKILL. Resolves when the process is gone. */
  kill(): Promise<Exit>;
}

const kills = new Set<() => Promise<unknown>>();
const folders = new Set<string>();

/** Ends everything that the tests of this file have left running; for afterEach or afterAll. */
export async function reapTargets(): Promise<void> {
  const left = [...kills];
  kills.clear();
  await Promise.all(left.map((kill) => kill()));
  process.chdir(repoPath()); // a test may stand in one of them
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

/** `reapTargets` calls `kill`, even if the process has ended by then. */
export function reapLater(kill: () => Promise<unknown>): void {
  kills.add(kill);
}

/** Creates a folder that `reapTargets` removes, and makes it the current one. */
export function enterTemporaryFolder(): string {
  const folder = temporaryFolder();
  process.chdir(folder);
  return folder;
}

/** Creates a folder that `reapTargets` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-test-'));
  folders.add(folder);
  return folder;
}

/** Starts a real Node process with its inspector open on a free port. */
export async function startTarget(options: TargetOptions): Promise<TargetProcess> {
  const script = options.file ?? writeScript(options.code ?? '');
  const argv = ['--inspect=127.0.0.1:0', ...(options.execArgv ?? []), script, ...(options.args ?? [])];
  const child = spawn(options.execPath, argv, { env: { ...process.env, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const output = outputOf(child);
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const kill = (): Promise<Exit> => {
    child.kill('SIGKILL');
    return exited;
  };
  reapLater(kill);
  const url = await waitForText(child, { name: 'stderr', pattern: /Debugger listening on (ws:\/\/\S+)/, output });
  const { ready = false } = options;
  if (ready) await waitForText(child, { name: 'stdout', pattern: ready === true ? /^(ready)\r?$/m : ready, output });
  const { pid = -1 } = child;
  return { pid, port: Number(new URL(url).port), url, child, exited, kill, stdout: () => output.stdout, stderr: () => output.stderr };
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

interface Awaited {
  readonly name: keyof Output;
  readonly pattern: RegExp;
  readonly output: Output;
}

/** Collects what a process prints. */
export function outputOf(child: TargetProcess['child']): Output {
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  return output;
}

/** Resolves with the first group of `pattern` as soon as the process has printed it. */
export function waitForText(child: TargetProcess['child'], { name, pattern, output }: Awaited): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      const found = pattern.exec(output[name])?.[1];
      if (found === undefined) return;
      child[name].off('data', look);
      resolve(found);
    };
    child[name].on('data', look);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      reject(new Error(`the target ended (${code ?? signal}) before it printed ${pattern}:\n${output.stdout}${output.stderr}`));
    });
    look();
  });
}

function writeScript(code: string): string {
  const file = join(temporaryFolder(), 'target.cjs');
  writeFileSync(file, code);
  return file;
}
