import type { ProfileNode, ProfileSample, SamplingProfile } from '../../src/collect/stacks/v8-profile.js';

/** Live blocks by function: how many of which size. Each function has one line, in order. */
export type Population = readonly (readonly { readonly size: number; readonly blocks: number }[])[];

export interface Simulated {
  readonly profile: SamplingProfile;
  /** The true block size of every sample, by ordinal. */
  readonly sizes: ReadonlyMap<number, number>;
}

/**
 * What V8's sampling profiler would send for a population (SamplingHeapProfiler: SampleObject, ScaleSample, BuildSamples). It is written
 * from V8's source and does not use our own code.
 */
export function simulateSampling(population: Population, interval: number, random: () => number): Simulated {
  const samples: ProfileSample[] = [];
  const sizes = new Map<number, number>();
  let ordinal = 0;
  const children = population.map((kinds, index): ProfileNode => {
    let selfSize = 0;
    for (const { size, blocks } of kinds) {
      const scale = 1 / (1 - Math.exp(-size / interval));
      let taken = 0;
      for (let block = 0; block < blocks; block++) {
        ordinal++;
        if (random() >= 1 / scale) continue;
        taken++;
        samples.push({ size: size * Math.floor(scale + 0.5), nodeId: index + 2, ordinal });
        sizes.set(ordinal, size);
      }
      selfSize += size * Math.floor(taken * scale + 0.5);
    }
    const callFrame = { functionName: `f${index}`, scriptId: '7', url: '/app.js', lineNumber: index, columnNumber: 0 };
    return { id: index + 2, callFrame, selfSize, children: [] };
  });
  const callFrame = { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 };
  return { profile: { head: { id: 1, callFrame, selfSize: 0, children }, samples }, sizes };
}
