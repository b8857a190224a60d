import { HeapSnapshotReader } from '../../collect/heap-snapshot/reader.js';
import { BadProfileError } from '../../errors.js';
import type { GraphColumns } from '../columns/graph-columns.js';
import { clearly } from '../columns/memory.js';
import { GraphSections } from './graph-sections.js';
import { chunksOf } from './heap-file.js';

/** The path of a file, or the text of a heap snapshot in chunks: strings, or bytes in UTF-8. */
export type HeapSource = string | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** For the message that there is not enough memory. */
export const READING = 'to read the heap snapshot';

export interface HeapReadOptions {
  /** Take what stands before the damage of a damaged or incomplete snapshot. `graph.damage` then says what is wrong. */
  readonly partial?: boolean;
  /** Called while a file is read, with the bytes read so far and the size of the file. */
  readonly onProgress?: (bytes: number, size: number) => void;
}

/** Reads columns from chunks that are handed to it. */
export class ColumnReader {
  readonly #sections = new GraphSections();
  readonly #reader = new HeapSnapshotReader(this.#sections);

  /** @throws BadProfileError */
  write(chunk: string | Uint8Array): void {
    this.#reader.write(chunk);
  }

  /** @throws BadProfileError */
  end(): GraphColumns {
    return this.#reader.end();
  }

  /** What stands before the damage. */
  salvage(damage: BadProfileError): GraphColumns {
    return this.#sections.salvage(damage);
  }
}

export async function readColumns(source: HeapSource, { partial, onProgress }: HeapReadOptions): Promise<GraphColumns> {
  const reader = new ColumnReader();
  try {
    const chunks = typeof source === 'string' ? chunksOf(source, onProgress) : source;
    for await (const chunk of chunks) reader.write(chunk);
    return reader.end();
  } catch (error) {
    if (!(error instanceof BadProfileError)) throw clearly(READING, error);
    const named = typeof source === 'string' ? new BadProfileError(`${source} cannot be read: ${error.message}`, { cause: error }) : error;
    if (!partial) throw named;
    return reader.salvage(named);
  }
}
