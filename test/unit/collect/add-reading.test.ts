import { expect, test } from '@jest/globals';
import { addReading } from '../../../src/collect/add-reading.js';
import { decodeProfile } from '../../../src/collect/sampling/ingest-profile.js';
import { DEFAULT_INTERVAL } from '../../../src/collect/sampling/sampler-commands.js';
import { TraceCollector } from '../../../src/collect/stacks/trace-collector.js';
import type { Reading } from '../../../src/collect/stacks/trace-source.js';
import { readInChunks } from '../../helpers/heap-snapshots.js';
import { seededRandom } from '../../helpers/random.js';
import { simulateSampling } from '../../helpers/simulated-sampling.js';
import { snapshotText } from '../../helpers/snapshot-text.js';

const POPULATION = [[48, 120, 32].map((size) => ({ size, blocks: Math.ceil(2_000_000 / size) }))];
const { profile } = simulateSampling(POPULATION, DEFAULT_INTERVAL, seededRandom(7));
const objects = readInChunks(
  snapshotText({
    nodes: [
      { kind: 'synthetic', name: '(GC roots)', id: 1, size: 0, to: [1, 2] },
      { kind: 'object', name: 'Order', id: 5, size: 40, trace: 2 },
      { kind: 'object', name: 'Item', id: 7, size: 24, trace: 2 },
    ],
    functions: ['(root)', 'main'],
    tree: [{ id: 1, function: 0, children: [{ id: 2, function: 1 }] }],
  }),
);

const READINGS: readonly [string, Reading, rows: number][] = [
  [
    'of samples',
    { kind: 'samples', profile, interval: DEFAULT_INTERVAL, blocks: decodeProfile(profile, { interval: DEFAULT_INTERVAL }), liveBytes: 1 },
    profile.samples.length,
  ],
  ['of every block', { kind: 'samples', profile, interval: 1, blocks: null, liveBytes: 1 }, profile.samples.length],
  ['of objects', { kind: 'objects', objects, liveBytes: 1 }, 2],
];

function added(reading: Reading) {
  const collector = new TraceCollector();
  addReading(reading, collector.thread('main'), { tracebackLimit: 1 });
  return { columns: collector.columns(), types: collector.types.values, stacks: collector.stacks.build() };
}

test.each(READINGS)('a reading %s can be added to any number of snapshots, and does not change', (_, reading, rows) => {
  const before = structuredClone(reading);
  const first = structuredClone(added(reading));
  expect(first.columns).toMatchObject({ length: rows });
  expect(added(reading)).toEqual(first);
  expect(reading).toEqual(before);
});
