import { HeapGraph } from '../../heap-graph/heap-graph.js';
import { type Explanation, explain, type WhyOptions } from '../../heap-graph/paths/explain.js';
import { placeInSnapshot } from '../../heap-graph/paths/find-nodes.js';
import { findWhat, whatInFile } from '../../heap-graph/paths/what.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { originalPlaces } from './map-places.js';

interface Asking extends WhyOptions {
  /** As the user gave it. */
  readonly what: string;
  readonly mapper: SourceMapper | null;
}

/** @throws UsageError if there is no such object, SnapshotFileError, BadProfileError */
export async function explainFile(file: string, { what, mapper, ...options }: Asking): Promise<Explanation> {
  const wanted = whatInFile(what);
  const graph = await HeapGraph.read(file);
  const placeOf = placeInSnapshot(graph);
  return explain(graph, findWhat(graph, wanted, placeOf), { ...options, placeOf, originalOf: originalPlaces(mapper) });
}
