import { ingestAllocations } from './churn/ingest-allocations.js';
import { ingestObjects } from './objects/ingest-objects.js';
import { ingestProfile } from './sampling/ingest-profile.js';
import type { ThreadTraces } from './stacks/trace-collector.js';
import type { Reading, ReadingOptions } from './stacks/trace-source.js';

/** Adds the traces of a reading to a snapshot. The reading is not changed, so it can be added to several snapshots. */
export function addReading(reading: Reading, traces: ThreadTraces, options: ReadingOptions): void {
  switch (reading.kind) {
    case 'objects':
      ingestObjects(reading.objects, traces, options);
      break;
    case 'allocations':
      ingestAllocations(reading.allocations, traces, options);
      break;
    case 'samples':
      ingestProfile(reading.profile, traces, { ...options, interval: reading.interval, blocks: reading.blocks });
  }
}
