import { HeapSnapshotReader } from '../../collect/heap-snapshot/reader.js';
import { BadProfileError } from '../../errors.js';
import type { GraphColumns } from '../columns/graph-columns.js';
import { GraphSections } from './graph-sections.js';
import { chunksOf } from './heap-file.js';

/** The path of a file, or the text of a heap snapshot in chunks: strings, or bytes in UTF-8. */
export type HeapSource = string | AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

export async function readColumns(source: HeapSource): Promise<GraphColumns> {
  const reader = new HeapSnapshotReader(new GraphSections());
  if (typeof source !== 'string') {
    for await (const chunk of source) reader.write(chunk);
    return reader.end();
  }
  try {
    for await (const chunk of chunksOf(source)) reader.write(chunk);
    return reader.end();
  } catch (error) {
    throw error instanceof BadProfileError ? new BadProfileError(`${source} cannot be read: ${error.message}`, { cause: error }) : error;
  }
}
