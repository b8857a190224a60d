import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { type Readable, Writable } from 'node:stream';
import { main } from '../../src/cli/main.js';
import { repoPath } from './paths.js';
import { outputOf, reapLater, waitForText } from './target-process.js';

interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** A command that becomes the one that it is given, such as a shell that sets limits. */
  readonly through?: readonly string[];
}

interface Result {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>;
  /** Resolves when it has ended, with all its output. */
  readonly exited: Promise<Result>;
  waitFor(name: 'stdout' | 'stderr', pattern: RegExp): Promise<string>;
}

const BIN = repoPath('dist/src/cli/bin.js');

/** Starts `tracemalloc` as a process of its own. */
export function startCommand(args: readonly string[], { cwd, env, through = [] }: CommandOptions = {}): RunningCommand {
  const [file, ...all] = [...through, process.execPath, BIN, ...args];
  const child = spawn(file!, all, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd !== undefined && { cwd }),
  });
  const output = outputOf(child);
  const exited = new Promise<Result>((resolve) =>
    child.once('close', (code, signal) => resolve({ code, signal, ...output, stderr: withoutDelay(output.stderr) })),
  );
  reapLater(async () => {
    // A `run` puts its program into another process group, where it would outlive the command.
    const programs = child.exitCode === null && child.signalCode === null ? childrenOf(child.pid!) : [];
    child.kill('SIGKILL');
    for (const pid of programs) process.kill(pid, 'SIGKILL');
    await exited;
  });
  return { child, exited, waitFor: (name, pattern) => waitForText(child, { name, pattern, output }) };
}

/** Without the line that says that leaving takes more than a second, which depends on how busy the machine is. */
function withoutDelay(stderr: string): string {
  return stderr.replace(/^leaving …\n/m, '');
}

/** Runs `tracemalloc` to its end. */
export function runCommand(args: readonly string[], options?: CommandOptions): Promise<Result> {
  return startCommand(args, options).exited;
}

/**
 * `tracemalloc` in this process and in the current folder: for files, usage and refusals, which need no process of their own. What a signal, a terminal
 * or the end of a process decides needs `runCommand`.
 */
export async function callCommand(args: readonly string[]): Promise<Pick<Result, 'code' | 'stdout' | 'stderr'>> {
  const written = { stdout: '', stderr: '' };
  const streamOf = (name: keyof typeof written) =>
    new Writable({
      write(chunk, _, done) {
        written[name] += String(chunk);
        done();
      },
    });
  const code = await main(args, { out: streamOf('stdout'), err: streamOf('stderr'), cwd: process.cwd() });
  return { code, ...written };
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
