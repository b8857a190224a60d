import { tableOfOriginals } from '../model/original-places.js';
import { SourceMapper } from '../source-maps/source-mapper.js';
import { Snapshot } from './snapshot.js';

/**
 * The same traces with the lines of the original sources, if source maps exist. Group and filter the result. The snapshot itself keeps the
 * positions that V8 gave, so its file can be read again on another machine, with other maps.
 */
export function withOriginalLines(snapshot: Snapshot, mapper = new SourceMapper()): Snapshot {
  const places = mapper.placesOf(snapshot);
  if (!places) return snapshot;
  return new Snapshot({ ...snapshot, table: tableOfOriginals(snapshot.table, places), sourceMaps: new Map(), original: null });
}
