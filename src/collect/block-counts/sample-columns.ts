import { checkSample, type ProfileSample } from '../stacks/v8-profile.js';

/**
 * The samples as columns, their nodes and sizes as small numbers in order of first sight. Each sample object is looked at once, and what
 * is known of a node or a size is then an element of an array, not of a Map.
 */
export interface SampleColumns {
  readonly length: number;
  /** The number of each node that a sample names, by its id. */
  readonly nodeNumbers: ReadonlyMap<number, number>;
  /** How many samples have each size. The order of its keys is that of their numbers. */
  readonly sizes: ReadonlyMap<number, number>;
  /** Number of the node, for each sample. */
  readonly node: Uint32Array;
  /** Number of the size, for each sample. */
  readonly size: Uint32Array;
  readonly ordinal: Float64Array;
}

/** @throws BadProfileError at the first sample that is not one */
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
