import { withMemory } from '../columns/memory.js';
import { Heap } from '../heap/heap.js';
import { ColumnReader, type HeapReadOptions, type HeapSource, READING, readColumns } from './read-graph.js';

/** Reads a heap from chunks as a target sends them. */
export class HeapReader {
  readonly #columns = new ColumnReader();

  /** @throws BadProfileError as soon as the text cannot be a heap snapshot */
  write(chunk: string | Uint8Array): void {
    withMemory(READING, () => this.#columns.write(chunk));
  }

  /** @throws BadProfileError if the snapshot is incomplete */
  end(): Heap {
    return new Heap(withMemory(READING, () => this.#columns.end()));
  }
}

/** @throws SnapshotFileError, BadProfileError, UnsupportedError, ProfileTooLargeError */
export async function readHeap(source: HeapSource, options: HeapReadOptions = {}): Promise<Heap> {
  return new Heap(await readColumns(source, options));
}
