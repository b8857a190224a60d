import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A program that takes commands on its stdin and answers each with a line. */
export interface Commanded {
  tell(command: string): void;
  /** Resolves when the program has printed this line, now or before. */
  answered(line: string): Promise<void>;
  /** Tells, and waits for the answer. */
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
