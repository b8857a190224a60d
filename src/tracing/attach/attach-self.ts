import { connectSelf } from '../../discovery/connect.js';
import { packagedScript } from '../../discovery/script-path.js';
import type { StackTable } from '../../model/stack-table.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { Lifecycle } from '../tracer/lifecycle.js';
import { Tracer } from '../tracer/tracer.js';
import type { HeapReading } from '../watch/heap-watch.js';
import { snapshotOfReading } from './snapshot-of-reading.js';

/**
 * A tracer of the process that calls this, through node:inspector and without a socket. It throws UnsupportedError for what a process cannot do to
 * itself: `onMark`, `onOom`, object mode, and true lines if the process was not loaded with them.
 */
export async function attachSelf(): Promise<Tracer> {
  return new Tracer(lifeOfSelf({ learnsScripts: true }));
}

/** A tracer whose snapshots are cheap, because they know nothing of source maps and of scripts that V8 has collected. */
export interface RoundsTracer {
  readonly tracer: Tracer;
  /** By filename: the URL of the source map of the script that runs under this name. Best asked when nothing is traced any more. */
  sourceMapsOf(table: StackTable): Promise<ReadonlyMap<string, string>>;
  /** A snapshot of what a watcher read while this tracer sampled with the default interval. */
  snapshotOf(reading: HeapReading): Promise<Snapshot>;
}

/**
 * As `attachSelf`, for many snapshots in a short time. In exact mode V8 samples whatever we make of the announcement of each script, which takes five
 * times as long as the rest of a snapshot.
 */
export function attachSelfForRounds(): RoundsTracer {
  const life = lifeOfSelf({ learnsScripts: false });
  return {
    tracer: new Tracer(life),
    sourceMapsOf: (table) => life.target.main.maps.urlsOf(table.filenames),
    snapshotOf: (reading) => snapshotOfReading(reading, life),
  };
}

function lifeOfSelf({ learnsScripts }: { readonly learnsScripts: boolean }): Lifecycle {
  return new Lifecycle({
    session: connectSelf(),
    info: {
      pid: process.pid,
      title: process.title,
      nodeVersion: process.version,
      ...packagedScript(process.argv[1]),
    },
    localPid: process.pid,
    maxMessageBytes: Number.POSITIVE_INFINITY,
    isSelf: true,
    learnsScripts,
  });
}
