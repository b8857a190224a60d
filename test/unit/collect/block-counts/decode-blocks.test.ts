import { describe, expect, it } from '@jest/globals';
import { type BlockMemory, wholeBlocks } from '../../../../src/collect/block-counts/decode-blocks.js';
import { decodeProfile, ingestProfile } from '../../../../src/collect/sampling/ingest-profile.js';
import { DEFAULT_INTERVAL } from '../../../../src/collect/sampling/sampler-commands.js';
import { TraceCollector } from '../../../../src/collect/stacks/trace-collector.js';
import type { TraceColumns } from '../../../../src/model/trace-columns.js';
import { seededRandom } from '../../../helpers/random.js';
import { type Population, type Simulated, simulateSampling } from '../../../helpers/simulated-sampling.js';

function ingested({ profile }: Simulated, interval: number, memory?: BlockMemory): TraceColumns & { birth: Float64Array } {
  const collector = new TraceCollector();
  const traces = collector.thread('main');
  ingestProfile(profile, traces, { tracebackLimit: 1, interval, blocks: decodeProfile(profile, { interval, ...(memory && { memory }) }) });
  const columns = collector.columns();
  return { ...columns, birth: columns.birth! };
}

/** The share of samples whose block size was found. */
function shareFound(simulated: Simulated, interval: number): number {
  const { length, size, count, birth } = ingested(simulated, interval);
  let found = 0;
  for (let row = 0; row < length; row++) found += Number(size[row]! / count[row]! === simulated.sizes.get(birth[row]!));
  return found / length;
}

/** Blocks of these sizes, 2 MB of each. */
const megabytes = (...sizes: number[]) => sizes.map((size) => ({ size, blocks: Math.ceil(2_000_000 / size) }));

describe('block sizes', () => {
  it('are found by the sum that V8 sends for the node, if a product has several', () => {
    // At the default interval 48, 72, 80, 120, 144 and 240 bytes have the same product, and so have 96 and 136.
    const population = [megabytes(48, 32), megabytes(120), megabytes(72, 24), megabytes(240, 64), megabytes(136, 40), megabytes(96)];
    expect(shareFound(simulateSampling(population, DEFAULT_INTERVAL, seededRandom(1)), DEFAULT_INTERVAL)).toBeGreaterThan(0.97);
  });

  it("are found at V8's own default interval, too, at which most small sizes have the same product", () => {
    const population = [megabytes(24), megabytes(16), megabytes(56), megabytes(48), megabytes(64)];
    expect(shareFound(simulateSampling(population, 32768, seededRandom(2)), 32768)).toBeGreaterThan(0.9);
  });

  it('of single samples are taken from the same function on other stacks', () => {
    const often = megabytes(120);
    const population: Population = [often, ...Array.from({ length: 40 }, () => [{ size: 120, blocks: 260 }])];
    const simulated = simulateSampling(population, DEFAULT_INTERVAL, seededRandom(3));
    const [first] = simulated.profile.head.children;
    for (const node of simulated.profile.head.children) Object.assign(node, { callFrame: first!.callFrame });
    expect(shareFound(simulated, DEFAULT_INTERVAL)).toBeGreaterThan(0.9);
  });

  it('do not change, even if a later snapshot of the tracing would find others', () => {
    const simulated = simulateSampling([megabytes(48, 120, 32)], DEFAULT_INTERVAL, seededRandom(4));
    const early = { ...simulated, profile: { ...simulated.profile, samples: simulated.profile.samples.slice(0, 80) } };
    const memory: BlockMemory = { sizes: new Map() };
    const decode = (profile: Simulated) => {
      const { length, size, count, birth } = ingested(profile, DEFAULT_INTERVAL, memory);
      return new Map(Array.from({ length }, (_, row) => [birth[row]!, [size[row], count[row]]]));
    };
    const before = decode(early);
    const after = decode(simulated);
    expect([...before].filter(([birth, row]) => String(after.get(birth)) !== String(row))).toEqual([]);
    expect(after.size).toBeGreaterThan(before.size);
  });

  it('stay unknown if no size explains the product: the sample is then one block', () => {
    const simulated = simulateSampling([megabytes(32)], DEFAULT_INTERVAL, seededRandom(5));
    const odd = { size: 17, nodeId: 2, ordinal: 1e9 };
    const { size, count, birth } = ingested({ ...simulated, profile: { ...simulated.profile, samples: [odd] } }, DEFAULT_INTERVAL);
    expect([size[0], count[0], birth[0]]).toEqual([17, 1, 1e9]);
  });

  it('are found even if the sum of V8 does not fit', () => {
    const simulated = simulateSampling([megabytes(32, 48)], DEFAULT_INTERVAL, seededRandom(6));
    for (const node of simulated.profile.head.children) Object.assign(node, { selfSize: 12 });
    expect(shareFound(simulated, DEFAULT_INTERVAL)).toBeGreaterThan(0.5); // 48 is the smallest size of its product
  });
});

describe('sizes', () => {
  it.each([0.1, 0.5, 1, 1.1, 2.5])('of blocks of %d times the interval have the right mean', (part) => {
    const size = 8 * Math.round((DEFAULT_INTERVAL * part) / 8);
    const population = [[{ size, blocks: 40_000 }]];
    const { length, size: sizes } = ingested(simulateSampling(population, DEFAULT_INTERVAL, seededRandom(8)), DEFAULT_INTERVAL);
    const p = 1 - Math.exp(-size / DEFAULT_INTERVAL);
    const scatter = Math.sqrt((1 - p) / p / 40_000 + 1 / 4 / 40_000);
    expect(length).toBeGreaterThan(1000);
    expect(Math.abs(sizes.reduce((sum, one) => sum + one, 0) / (size * 40_000) - 1)).toBeLessThan(4 * scatter);
  });

  it('are exact at interval 1, in bytes and in blocks', () => {
    const { length, size, count } = ingested(simulateSampling([[{ size: 40, blocks: 100 }]], 1, seededRandom(9)), 1);
    expect([length, size[0], count[0]]).toEqual([100, 40, 1]);
  });
});

describe('wholeBlocks', () => {
  it('has the right mean, and gives the same result at every call', () => {
    const counts = Array.from({ length: 20_000 }, (_, ordinal) => wholeBlocks(30_912, 30_912, ordinal));
    expect(counts.reduce((sum, count) => sum + count, 0) / counts.length).toBeCloseTo(1 / (1 - Math.exp(-1)), 2);
    expect(wholeBlocks(30_912, 30_912, 7)).toBe(counts[7]);
  });
});
