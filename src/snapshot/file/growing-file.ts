import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { temporaryBeside } from './atomic-write.js';

/** A file that is written as its parts come: a temporary file beside its place until `save` gives it its name. Read and write, for the owner only. */
export class GrowingFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: number;

  /** Creates the temporary file. */
  constructor(path: string) {
    this.#path = path;
    this.#temporary = temporaryBeside(path);
    this.#file = openSync(this.#temporary, 'wx', 0o600);
  }

  write(text: string): void {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#file, bytes, written);
  }

  save(): void {
    try {
      fsyncSync(this.#file);
      closeSync(this.#file);
      renameSync(this.#temporary, this.#path);
    } catch (error) {
      rmSync(this.#temporary, { force: true });
      throw error;
    }
  }

  discard(): void {
    closeSync(this.#file);
    rmSync(this.#temporary, { force: true });
  }
}
