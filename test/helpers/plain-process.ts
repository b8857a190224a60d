import { spawn } from 'node:child_process';
import { outputOf, reapLater, type TargetProcess, waitForText } from './target-process.js';

interface PlainOptions {
  readonly execArgv?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Replaces `node -e code`. */
  readonly command?: readonly [string, ...string[]];
}

export interface PlainProcess extends Pick<TargetProcess, 'pid' | 'child' | 'exited' | 'kill'> {
  stderr(): string;
  waitFor(name: 'stdout' | 'stderr', pattern: RegExp): Promise<string>;
}

/**
 * Starts a process without an inspector and waits for its `ready`. The inspector would open on a free port unless `execArgv` says
 * otherwise.
 */
export async function startPlain(execPath: string, code: string, options: PlainOptions = {}): Promise<PlainProcess> {
  const node = [execPath, ...(options.execArgv ?? ['--inspect-port=0']), '-e', `${code}; console.log('ready')`] as const;
  const [file, ...args] = options.command ?? node;
  const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
  const output = outputOf(child);
  const exited: PlainProcess['exited'] = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  const kill = () => {
    child.kill('SIGKILL');
    return exited;
  };
  reapLater(kill);
  const waitFor: PlainProcess['waitFor'] = (name, pattern) => waitForText(child, { name, pattern, output });
  await waitFor('stdout', /^(ready)\r?$/m);
  return { pid: child.pid ?? -1, child, exited, kill, stderr: () => output.stderr, waitFor };
}
