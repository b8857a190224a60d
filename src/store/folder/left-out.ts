import { TracemallocError } from '../../errors.js';
import { listed } from '../../text/listing.js';

/** A notice for each of so many files; the further ones are counted. */
const MOST_NOTICES = 10;

/** Tells of the files that an answer leaves out. */
export class LeftOut {
  readonly #onNotice: (notice: string) => void;
  readonly #paths = new Set<string>();

  constructor(onNotice: (notice: string) => void) {
    this.#onNotice = onNotice;
  }

  /** Carries out `read`, and leaves the file out if it cannot be read. */
  orNull<T>(path: string, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof TracemallocError)) throw error;
      this.add(path, error.message);
      return null;
    }
  }

  add(path: string, reason: string): void {
    if (this.#paths.has(path)) return;
    this.#paths.add(path);
    if (this.#paths.size <= MOST_NOTICES) this.#onNotice(`left out: ${reason}`);
  }

  /** Call it at the end. */
  tellOfRest(): void {
    const rest = [...this.#paths].slice(MOST_NOTICES);
    if (rest.length > 0) this.#onNotice(`${rest.length} more files were left out: ${listed(rest, 'and')}`);
  }
}
