import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A program that reads commands from its stdin and answers each with a line. */
export interface Commanded {
  tell(command: string): void;
  /** Resolves when the program has printed this line, even if it did so before the call. */
  answered(line: string): Promise<void>;
  /** Sends a command and waits for its answer. */
  ask(command: string, answer: string): Promise<void>;
}

export function commanded({ stdin, stdout }: { readonly stdin: Writable; readonly stdout: Readable }): Commanded {
  const seen = new Set<string>();
  const waiting = new Map<string, () => void>();
  createInterface({ input: stdout }).on('line', (line) => {
    seen.add(line);
    waiting.get(line)?.();
  });
  const answered = (line: string) => new Promise<void>((resolve) => (seen.has(line) ? resolve() : waiting.set(line, resolve)));
  const tell = (command: string) => void stdin.write(`${command}\n`);
  return {
    tell,
    answered,
    ask(command, answer) {
      tell(command);
      return answered(answer);
    },
  };
}
