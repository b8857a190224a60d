import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

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

  /** New files of one call. `remove` removes them if the call fails, with those whose names begin with theirs (`record-1.tmsnap.1`). */
  ofCall(): { next: (kind: string, extension: string) => string; remove: () => void } {
    const made: string[] = [];
    const next = (kind: string, extension: string) => {
      const path = this.#next(kind, extension);
      made.push(path);
      return path;
    };
    const remove = () => {
      for (const path of made)
        for (const name of readdirSync(dirname(path)))
          if (name.startsWith(basename(path))) rmSync(join(dirname(path), name), { force: true });
    };
    return { next, remove };
  }

  /** The path of a file that does not exist yet: `record-1.tmsnap`. */
  #next(kind: string, extension: string): string {
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
