import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The snapshots of a server. A handle is the name of a file in its folder. */
export class Handles {
  readonly #given: string | null;
  #folder: string | null = null;
  #last = 0;

  /** @param folder null: a new one in the system's temporary folder, when it is needed */
  constructor(folder: string | null, cwd: string) {
    this.#given = folder === null ? null : resolve(cwd, folder);
  }

  /** null if nothing can be in it. */
  get folder(): string | null {
    return this.#folder ?? this.#given;
  }

  /** The path of a file that does not exist yet: `record-1.tmsnap`. */
  next(kind: string, extension: string): string {
    const folder = this.#made();
    for (;;) {
      const path = join(folder, `${kind}-${++this.#last}${extension}`);
      if (!existsSync(path)) return path;
    }
  }

  /** Leaves no empty folder behind. */
  close(): void {
    if (this.#given === null && this.#folder !== null && readdirSync(this.#folder).length === 0) rmdirSync(this.#folder);
  }

  #made(): string {
    if (this.#given !== null) mkdirSync(this.#given, { recursive: true });
    this.#folder ??= this.#given ?? mkdtempSync(join(tmpdir(), 'tracemalloc-'));
    return this.#folder;
  }
}
