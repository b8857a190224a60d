import { checkSample, type ProfileSample } from '../stacks/v8-profile.js';

/**
 * The samples as columns. Nodes and sizes are numbered from 0 in the order in which they first appear, so that facts about them are kept in arrays, which
 * are faster than Maps.
 */
export interface SampleColumns {
  readonly length: number;
  /** By the id of a node with samples: its number. */
  readonly nodeNumbers: ReadonlyMap<number, number>;
  /** By size: how many samples have it. The keys are in the order of their numbers. */
  readonly sizes: ReadonlyMap<number, number>;
  /** Number of the node, for each sample. */
  readonly node: Uint32Array;
  /** Number of the size, for each sample. */
  readonly size: Uint32Array;
  readonly ordinal: Float64Array;
}

/** @throws BadProfileError at the first malformed sample */
export function sampleColumns(samples: readonly ProfileSample[]): SampleColumns {
  const { length } = samples;
  const columns = { node: new Uint32Array(length), size: new Uint32Array(length), ordinal: new Float64Array(length) };
  const nodeNumbers = new Map<number, number>();
  const sizeNumbers = new Map<number, number>();
  for (let i = 0; i < length; i++) {
    const sample = samples[i]!;
    checkSample(sample);
    columns.node[i] = numberOf(nodeNumbers, sample.nodeId);
    columns.size[i] = numberOf(sizeNumbers, sample.size);
    columns.ordinal[i] = sample.ordinal;
  }
  return { length, nodeNumbers, sizes: tally(sizeNumbers, columns.size), ...columns };
}

function numberOf(numbers: Map<number, number>, value: number): number {
  let number = numbers.get(value);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(value, number);
  }
  return number;
}

function tally(numbers: ReadonlyMap<number, number>, column: Uint32Array): Map<number, number> {
  const times = new Uint32Array(numbers.size);
  for (const number of column) times[number]!++;
  return new Map([...numbers].map(([value, number]) => [value, times[number]!]));
}
