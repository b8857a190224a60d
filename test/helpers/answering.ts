import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** A program that prints `ready` and then answers each line on its stdin with one line. */
export class Answering {
  readonly #stdin: Writable;
  readonly #lines: AsyncIterator<string>;

  private constructor(stdin: Writable, stdout: Readable) {
    this.#stdin = stdin;
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  }

  /** Resolves when the program is ready. */
  static async with({ stdin, stdout }: { readonly stdin: Writable | null; readonly stdout: Readable | null }): Promise<Answering> {
    const program = new Answering(stdin!, stdout!);
    await program.#next();
    return program;
  }

  /** Rejects if the program ends before it answers. */
  ask(command: string): Promise<string> {
    this.tell(command);
    return this.#next();
  }

  tell(command: string): void {
    this.#stdin.write(`${command}\n`);
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the program has ended');
    return value;
  }
}
