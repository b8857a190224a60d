import type { HeapPlace } from '../../heap-graph/paths/node-text.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import { originalTraceback } from '../options/source-maps.js';

/** Maps single places of scripts to their sources, each once. @param sourceMaps of a snapshot of the same program, if there is one */
export function originalPlaces(
  mapper: SourceMapper | null,
  sourceMaps: Snapshot['sourceMaps'] = new Map(),
): (place: HeapPlace) => HeapPlace {
  if (mapper === null) return (place) => place;
  const known = new Map<string, HeapPlace>();
  return (place) => {
    const key = `${place.filename}:${place.lineno}:${place.column}`;
    const original = known.get(key) ?? originalOf(place, mapper, sourceMaps);
    known.set(key, original);
    return original;
  };
}

function originalOf(place: HeapPlace, mapper: SourceMapper, sourceMaps: Snapshot['sourceMaps']): HeapPlace {
  const alone = Snapshot.fromTraces([{ size: 0, frames: [place] }]);
  const { filename, lineno, column } = originalTraceback(alone.traces[0]!.traceback, new Snapshot({ ...alone, sourceMaps }), mapper).at(0)!;
  return { filename, lineno, column };
}
