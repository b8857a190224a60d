import { withMemory } from './columns/memory.js';
import { HeapGraph } from './heap-graph.js';
import { ColumnReader, READING } from './reading/read-graph.js';

/** Reads a heap graph from chunks as a target sends them. */
export class HeapGraphReader {
  readonly #columns = new ColumnReader();

  /** @throws BadProfileError as soon as the text cannot be a heap snapshot */
  write(chunk: string | Uint8Array): void {
    withMemory(READING, () => this.#columns.write(chunk));
  }

  /** @throws BadProfileError if the snapshot is incomplete */
  end(): HeapGraph {
    return new HeapGraph(withMemory(READING, () => this.#columns.end()));
  }
}
