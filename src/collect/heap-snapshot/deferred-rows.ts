import { numbers } from './growing-column.js';
import type { RowSink } from './number-array.js';

/** Keeps the rows of a section that comes before what it refers to, as V8 never writes it. */
export class DeferredRows implements RowSink {
  readonly #values = numbers();

  rows(batch: Float64Array, length: number): void {
    for (let i = 0; i < length; i++) this.#values.push(batch[i]!);
  }

  end(): void {}

  /** Hands over what was kept. */
  replay(sink: RowSink, width: number): void {
    const row = new Float64Array(width);
    for (let start = 0; start < this.#values.length; start += width) {
      for (let field = 0; field < width; field++) row[field] = this.#values.at(start + field);
      sink.rows(row, width);
    }
    sink.end();
  }
}
