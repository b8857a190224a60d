import type { Snapshot } from '../../snapshot/snapshot.js';
import type { SourceMapper } from '../../source-maps/source-mapper.js';
import type { Console } from '../console/console.js';
import type { LossValues, TableValues } from '../options/shared-options.js';
import { type SourceMapValues, withEmbedded } from '../options/source-maps.js';
import { saveSnapshot } from '../output/print-results.js';
import { Checkpoints } from './checkpoints.js';
import type { EarlierSource, EarlierTarget } from './earlier.js';
import { RssSnapshots } from './rss-snapshots.js';

interface Saving {
  /** The name that the names of the files begin with. */
  readonly file: string;
  /** Names the process. */
  readonly label: string;
  readonly values: LossValues & SourceMapValues & Pick<TableValues, 'color'>;
  readonly console: Console;
  readonly mapper: SourceMapper | null;
}

/** What the user asked for in case the target is killed. */
export function earlierSources(target: EarlierTarget, { file, label, values, console, mapper }: Saving): EarlierSource[] {
  const { checkpoint: everyMs, onRss: limit, color } = values;
  const embedded = (snapshot: Snapshot) => withEmbedded(snapshot, values, mapper);
  const quietly = (snapshot: Snapshot, path: string) => embedded(snapshot).dump(path, { followLinks: false });
  const aloud = (snapshot: Snapshot, path: string) => saveSnapshot(embedded(snapshot), path, console);
  return [
    ...(everyMs === undefined ? [] : [new Checkpoints(target, file, { everyMs, save: quietly, console })]),
    ...(limit === undefined ? [] : [new RssSnapshots(target, file, { limit, label, save: aloud, color, console })]),
  ];
}
