import { HeapGraph } from '../../heap-graph/heap-graph.js';
import type { Explanation, WhyOptions } from '../../heap-graph/paths/explain.js';
import { whatInFile } from '../../heap-graph/paths/what.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { originalPlaces } from './map-places.js';

interface Asking extends WhyOptions {
  /** As the user gave it. */
  readonly what: string;
  readonly mapper: SourceMapper | null;
}

/** @throws UsageError if there is no such object, SnapshotFileError, BadProfileError */
export async function explainFile(file: string, { what, mapper, ...options }: Asking): Promise<Explanation> {
  whatInFile(what); // before the time that reading takes
  const graph = await HeapGraph.read(file);
  return graph.why(what, { ...options, originalOf: originalPlaces(mapper) });
}
