import { TraceCollector } from '../../collect/stacks/trace-collector.js';
import type { CaptureInfo } from '../../model/trace-columns.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { OTHER_LABELS } from '../../text/other-labels.js';
import { addIsolateReading, type IsolateReading } from '../isolate/isolate-tracing.js';
import { scriptMaps } from '../isolate/script-maps.js';

interface SnapshotOptions {
  readonly tracebackLimit: number;
  readonly capture: Omit<CaptureInfo, 'precision'>;
}

/** One snapshot of what was read of all isolates. */
export async function buildSnapshot(readings: readonly IsolateReading[], { tracebackLimit, capture }: SnapshotOptions): Promise<Snapshot> {
  const collector = new TraceCollector();
  for (const reading of readings) addIsolateReading(reading, collector, tracebackLimit);
  const table = collector.stacks.build();
  const labels = collector.labels.values;
  return new Snapshot({
    table,
    sourceMaps: await scriptMaps(readings, table),
    columns: collector.columns(),
    threads: collector.threads,
    types: collector.types.values,
    labels,
    tracebackLimit,
    capture: {
      ...capture,
      precision: readings.some(({ isolate }) => isolate.trueLines.areOn) ? 'line' : 'function',
      ...(readings.some(({ isolate }) => isolate.trueLines.haveLabels) && { labels: { overflow: labels.includes(OTHER_LABELS) } }),
    },
  });
}
