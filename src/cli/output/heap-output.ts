import { OutputFileError } from '../../errors.js';
import { writeFailureReason } from '../../snapshot/file/atomic-write.js';
import { GrowingFile } from '../../snapshot/file/growing-file.js';
import { printable } from '../../text/printable.js';
import type { TakeOptions } from '../../tracing/tracer/tracer.js';
import { type Console, writeLines } from '../console/console.js';

const NOTHING = 'no heap snapshot is saved: the program ended before it could be taken';

/** Saves V8's heap snapshot as it arrives: whole, or not at all. */
export class HeapOutput {
  readonly #path: string;
  readonly #console: Console;
  #file: GrowingFile | null = null;

  constructor(path: string, console: Console) {
    this.#path = path;
    this.#console = console;
  }

  get listener(): TakeOptions {
    return {
      onHeapSnapshot: (chunk) =>
        this.#guarded(() => {
          this.#file ??= new GrowingFile(this.#path);
          this.#file.write(chunk);
        }),
    };
  }

  /** @throws OutputFileError */
  save(): void {
    const file = this.#file;
    this.#file = null;
    if (file === null) {
      writeLines(this.#console.err, [NOTHING]);
      return;
    }
    this.#guarded(() => file.save());
    writeLines(this.#console.err, [`heap snapshot saved as ${printable(this.#path)}`]);
  }

  /** Leaves nothing behind if it was not saved. */
  discard(): void {
    this.#file?.discard();
    this.#file = null;
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw new OutputFileError(`cannot write ${this.#path}: ${writeFailureReason(cause)}`, { cause });
    }
  }
}
