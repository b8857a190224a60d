import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { repoPath } from './paths.js';
import { outputOf, reapLater, waitForText } from './target-process.js';

interface TerminalOptions {
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: NodeJS.ProcessEnv;
}

export interface InTerminal {
  /** Everything that was written to the terminal, including escape sequences. */
  readonly written: () => string;
  readonly exited: Promise<number | null>;
  /** Closes the terminal, as when its window or connection goes away. */
  hangUp(): Promise<unknown>;
  /** Types on the keyboard. */
  type(text: string): void;
  /** Resolves with the first group of `pattern` as soon as it has been written. */
  waitFor(pattern: RegExp): Promise<string>;
}

/** `script` of util-linux gives a program a terminal. */
export const hasTerminal = existsSync('/usr/bin/script');

/** Node uses these to decide whether a terminal has colours. The environment of the tests may have set them. */
const PLAIN_TERMINAL: NodeJS.ProcessEnv = {
  TERM: 'xterm-256color',
  COLORTERM: undefined,
  TMUX: undefined,
  CI: undefined,
  NO_COLOR: undefined,
  NODE_DISABLE_COLORS: undefined,
  FORCE_COLOR: undefined,
};

/** `tracemalloc` with arguments, as a line for a shell. */
export function commandLine(...args: string[]): string {
  return [process.execPath, repoPath('dist/src/cli/bin.js'), ...args].map((word) => `'${word}'`).join(' ');
}

/** Runs shell lines in a terminal of their own. */
export function startInTerminal(lines: string, { cwd, columns = 80, rows = 24, env }: TerminalOptions): InTerminal {
  const shell = `stty cols ${columns} rows ${rows}; ${lines}`;
  const child = spawn('/usr/bin/script', ['-qefc', shell, '/dev/null'], {
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...PLAIN_TERMINAL, ...env },
  });
  const output = outputOf(child);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const hangUp = () => {
    child.kill('SIGKILL');
    return exited;
  };
  reapLater(hangUp);
  return {
    written: () => output.stdout,
    exited,
    hangUp,
    type: (text) => void child.stdin.write(text),
    waitFor: (pattern) => waitForText(child, { name: 'stdout', pattern, output }),
  };
}
