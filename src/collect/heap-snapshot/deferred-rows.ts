import { numbers } from './growing-column.js';
import type { RowSink } from './number-array.js';

/** Keeps the rows of a section that precedes the section it refers to. V8 never writes them in that order. */
export class DeferredRows implements RowSink {
  readonly #values = numbers();

  rows(batch: Float64Array, length: number): void {
    for (let i = 0; i < length; i++) this.#values.push(batch[i]!);
  }

  end(): void {}

  /** Passes the kept rows on. */
  replay(sink: RowSink, width: number): void {
    const row = new Float64Array(width);
    for (let start = 0; start < this.#values.length; start += width) {
      for (let field = 0; field < width; field++) row[field] = this.#values.at(start + field);
      sink.rows(row, width);
    }
    sink.end();
  }
}
