import { decodeProfile } from '../../collect/sampling/ingest-profile.js';
import { DEFAULT_INTERVAL } from '../../collect/sampling/sampler-commands.js';
import { parseSamplingProfile } from '../../protocol/schemas.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { buildSnapshot } from '../tracer/build-snapshot.js';
import type { Lifecycle } from '../tracer/lifecycle.js';
import type { HeapReading } from '../watch/heap-watch.js';

/**
 * @param reading was taken in another conversation with the main thread
 * @param life has sampled since before the reading
 */
export async function snapshotOfReading(reading: HeapReading, { target, tracebackLimit }: Lifecycle): Promise<Snapshot> {
  const { main, info } = target;
  const { heapUsed, heapTotal, external, time } = reading;
  const profile = parseSamplingProfile(reading.answer);
  const interval = DEFAULT_INTERVAL;
  const blocks = decodeProfile(profile, { interval });
  await main.trueLines.refresh();
  const snapshot = await buildSnapshot(
    [{ isolate: main, heap: null, collected: new Map(), reading: { kind: 'samples', profile, interval, blocks, liveBytes: heapUsed } }],
    {
      tracebackLimit,
      capture: { mode: 'sampling', interval, time, target: info, heap: { heapUsed, heapTotal, external, arrayBuffers: null, rss: null } },
    },
  );
  return new Snapshot({ ...snapshot, sourceMaps: await main.maps.urlsOf(snapshot.table.filenames) });
}
