import { UsageError } from '../errors.js';
import { type PlaceMatcher, placeMatcher } from '../report/text/place-matcher.js';
import type { AnyFilter } from '../snapshot/filter.js';
import { checkFilters } from '../snapshot/filter.js';
import type { Work } from './call-work.js';
import { checkNames, checkText, checkWhole } from './options/check-values.js';

export interface GrowthTestOptions {
  /** In so many rounds after the warm-up a line must have kept something. Default 5. */
  readonly rounds?: number;
  /** How often the work is called in a round. Default 100. */
  readonly iterations?: number;
  /** The number of first rounds that don't count. Default 2. A cache that fills up needs more if it holds more than some thousand entries. */
  readonly warmup?: number;
  /** How allocations are recorded: `'exact'`, every block. There is no other mode: samples are too few to count what a call keeps. */
  readonly mode?: 'exact';
  /** Only the traces that these filters keep count. */
  readonly filter?: Iterable<AnyFilter>;
  /** Places that may grow: files or patterns, with or without a line, such as `src/cache.ts:17`. */
  readonly ignore?: string | readonly string[];
  /** The bytes that a line may keep of each call. Default 0. */
  readonly maxBytesPerIteration?: number;
  /** Most recent frames kept of each traceback. Default 16. */
  readonly nframe?: number;
  /** What the error calls the work. Default: the name of the function. */
  readonly name?: string;
  /** A folder for the rounds, as a `.tmseries`, and their report. They are written only if something grew. */
  readonly artifacts?: string;
}

export interface CheckedOptions {
  readonly rounds: number;
  readonly iterations: number;
  readonly warmup: number;
  readonly filter: readonly AnyFilter[];
  readonly isIgnored: PlaceMatcher;
  readonly maxBytesPerIteration: number;
  readonly nframe: number;
  readonly name: string;
  readonly artifacts: string | null;
}

const NAMES = {
  rounds: true,
  iterations: true,
  warmup: true,
  mode: true,
  filter: true,
  ignore: true,
  maxBytesPerIteration: true,
  nframe: true,
  name: true,
  artifacts: true,
} satisfies Record<keyof GrowthTestOptions, true>;

/** @throws UsageError for an option that is unknown or makes no sense, before the work is called */
export function checkOptions(options: GrowthTestOptions, work: Work): CheckedOptions {
  checkNames(options, NAMES);
  const {
    rounds = 5,
    iterations = 100,
    warmup = 2,
    mode = 'exact',
    filter = [],
    ignore = [],
    maxBytesPerIteration = 0,
    nframe = 16,
  } = options;
  if (mode !== 'exact') throw new UsageError(`mode must be 'exact', not ${String(mode)}`);
  checkWhole({ rounds }, 2);
  checkWhole({ iterations }, 1);
  checkWhole({ warmup }, 1);
  checkWhole({ nframe }, 1);
  if (typeof maxBytesPerIteration !== 'number' || !(maxBytesPerIteration >= 0))
    throw new UsageError(`maxBytesPerIteration must be a number of bytes, not ${String(maxBytesPerIteration)}`);
  const { name = work.name, artifacts = null } = options;
  checkText({ name, ...(artifacts !== null && { artifacts }) });
  return {
    rounds,
    iterations,
    warmup,
    filter: checkFilters(filter),
    isIgnored: anyPlace(typeof ignore === 'string' ? [ignore] : ignore),
    maxBytesPerIteration,
    nframe,
    name: name || 'the work',
    artifacts,
  };
}

function anyPlace(places: readonly string[]): PlaceMatcher {
  if (!Array.isArray(places)) throw new UsageError(`ignore must be a place or a list of places, not ${typeof places}`);
  for (const ignore of places) checkText({ ignore });
  const tests = places.map((place) => placeMatcher(place, process.cwd()));
  return (traceback) => tests.some((test) => test(traceback));
}
