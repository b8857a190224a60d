import { spawn } from 'node:child_process';
import { messageOf } from '../../protocol/error-text.js';
import { shownName } from '../../report/markdown/markdown-text.js';
import { STARTER_LISTENS } from '../../text/starter-channel.js';
import { CommandFailure } from './command-failure.js';

export interface RunOptions {
  /** The script of the command. */
  readonly command: string;
  readonly cwd: string;
  /** When it is aborted, the command leaves its target as it was, and ends. */
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
  /** The command is asked to come to its result after so many ms. */
  readonly endAfterMs?: number;
}

export interface CommandResult {
  /** null if a signal has ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** Its last lines. */
  readonly stderr: readonly string[];
}

/** Characters. A JSON document that is longer is of no use to a client. */
const MAX_OUTPUT = 1 << 28;
const MOST_LINES = 200;
/**
 * After the first signal a command leaves its target as it was. The second ends a command that traces a process at once; a program that a command has
 * started gets it, too, and is killed by the third.
 */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGTERM', 'SIGTERM', 'SIGKILL'];
/** Between two of them, if nobody waits for the result. */
const CANCELLED_GRACE_MS = 5_000;
/** The same if the result is still to be worked out. */
const RESULT_GRACE_MS = 60_000;

/**
 * Runs `tracemalloc` with these words in a process of its own: it can be ended at any time, and what it needs for a heap is free afterwards. Resolves
 * when the process has ended.
 *
 * @throws CommandFailure if it cannot be started, or was cancelled
 */
export async function runCommand(words: readonly string[], options: RunOptions): Promise<CommandResult> {
  const { command, cwd, signal, onProgress, endAfterMs } = options;
  if (signal.aborted) throw new CommandFailure('it was cancelled');
  const env = { ...process.env, [STARTER_LISTENS]: '1' };
  const child = spawn(process.execPath, [command, ...words], { cwd, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  const [stdout, stderr] = [new Collected(MAX_OUTPUT), new Lines(MOST_LINES)];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => stdout.add(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.add(text));
  child.on('message', (message: { readonly progress?: unknown }) => {
    if (typeof message.progress === 'string') onProgress(shownName(message.progress));
  });
  const timers: NodeJS.Timeout[] = [];
  const end = (afterMs: number, graceMs: number) => {
    for (const [nth, name] of SIGNALS.entries()) timers.push(setTimeout(() => child.kill(name), afterMs + nth * graceMs));
  };
  const cancel = () => end(0, CANCELLED_GRACE_MS);
  signal.addEventListener('abort', cancel, { once: true });
  if (endAfterMs !== undefined) end(endAfterMs, RESULT_GRACE_MS);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (signal.aborted) throw new CommandFailure('it was cancelled');
    return { code, stdout: stdout.text, stderr: stderr.lines };
  } catch (error) {
    throw error instanceof CommandFailure ? error : new CommandFailure(`tracemalloc cannot be started: ${messageOf(error)}`);
  } finally {
    signal.removeEventListener('abort', cancel);
    for (const timer of timers) clearTimeout(timer);
  }
}

class Collected {
  readonly #most: number;
  #parts: string[] = [];
  #length = 0;

  constructor(most: number) {
    this.#most = most;
  }

  add(text: string): void {
    this.#length += text.length;
    if (this.#length <= this.#most) this.#parts.push(text);
    else this.#parts = [];
  }

  /** Empty if it was too much. */
  get text(): string {
    return this.#parts.join('');
  }
}

class Lines {
  readonly #most: number;
  #complete: string[] = [];
  #rest = '';

  constructor(most: number) {
    this.#most = most;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!.slice(0, MAX_LINE);
    this.#complete = [...this.#complete, ...lines.map((line) => line.slice(0, MAX_LINE))].slice(-this.#most);
  }

  get lines(): readonly string[] {
    return [...this.#complete, this.#rest].filter((line) => line.trim() !== '');
  }
}

const MAX_LINE = 2000;
