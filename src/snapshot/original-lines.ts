import { tableOfOriginals } from '../model/original-places.js';
import { SourceMapper } from '../source-maps/source-mapper.js';
import { Snapshot } from './snapshot.js';

/**
 * The same traces with the lines of the sources that they were compiled from, where a source map exists: what is then grouped and filtered.
 * The snapshot itself keeps the positions that V8 gave, so a file can be looked at again, on another machine, with other maps.
 */
export function withOriginalLines(snapshot: Snapshot, mapper = new SourceMapper()): Snapshot {
  const places = mapper.placesOf(snapshot);
  if (!places) return snapshot;
  return new Snapshot({ ...snapshot, table: tableOfOriginals(snapshot.table, places), sourceMaps: new Map(), original: null });
}
