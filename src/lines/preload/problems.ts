/** Counts the files that could not be instrumented, so that one line can report them. */
export class Problems {
  #count = 0;
  #first = '';

  add(filename: string, problem: string): void {
    if (this.#count++ === 0) this.#first = `${filename} ${problem}`;
  }

  /** One line for stderr; undefined if all went well. */
  get summary(): string | undefined {
    if (this.#count === 0) return undefined;
    const files = this.#count === 1 ? '1 file has' : `${this.#count} files have`;
    return `node-tracemalloc: ${files} no true lines: ${this.#first}${this.#count === 1 ? '' : ', …'}\n`;
  }
}
