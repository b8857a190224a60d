import { basename } from 'node:path';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import type { Output } from '../console/console.js';

/** In bytes. Smaller files are read in a fraction of a second. */
const LEAST = 32 << 20;
/** In bytes. Of a file whose size is not known. */
const STEP = 16 << 20;

/** A line on a terminal that says how far a large file is read. */
export class ReadingProgress {
  readonly #label: string;
  readonly #err: Output;
  #shown = '';

  constructor(file: string, err: Output) {
    this.#label = printable(basename(file));
    this.#err = err;
  }

  readonly listener = (bytes: number, size: number): void => {
    if (!this.#err.isTTY || Math.max(bytes, size) < LEAST) return;
    const text = size === 0 ? formatSize(bytes - (bytes % STEP)) : `${Math.floor((100 * bytes) / size)} %`;
    if (text === this.#shown) return;
    this.#shown = text;
    this.#err.write(`\r\x1b[Kreading ${this.#label}: ${text}`);
  };

  /** Leaves the line empty. */
  end(): void {
    if (this.#shown !== '') this.#err.write('\r\x1b[K');
    this.#shown = '';
  }
}
