import type { Frame } from '../model/frame.js';
import type { Growth } from '../series/growth.js';
import type { Series } from '../series/series.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { ownFileMask, ownFolderOf } from '../snapshot/statistics/own-files.js';
import type { CheckedOptions } from './growth-options.js';

/** Whether a frame is in a file of the program: not in a package, and not in Node. */
export type OwnTest = (frame: Frame) => boolean;

interface Limits extends Pick<CheckedOptions, 'iterations' | 'warmup' | 'maxBytesPerIteration' | 'isIgnored'> {
  readonly isOwn: OwnTest;
}

/**
 * One growth for each line of the program's own code through which something leaks, the one that keeps most first. What no own code led to comes last,
 * by its stack. Each has the stack that keeps most.
 *
 * @param series the traces that leak
 */
export function growthByPlace(series: Series, { iterations, warmup, maxBytesPerIteration, isIgnored, isOwn }: Limits): Growth[] {
  const counts = ({ ages, traceback }: Growth) =>
    !isIgnored(traceback) && ages.slice(warmup).every((bytes) => bytes > maxBytesPerIteration * iterations);
  const stacks = series.growth('traceback', { warmup }).map((growth) => ({ growth, own: growth.traceback.frames.findLast(isOwn) }));
  const lines = series.growth('own', { warmup }).flatMap((line) => {
    const through = stacks.filter(({ own }) => own?.equals(line.traceback.frames[0]!)).map(({ growth }) => growth);
    return through.length === 0 ? [] : [{ ...line, traceback: through.reduce(steeper).traceback }];
  });
  const others = stacks.filter(({ own }) => own === undefined).map(({ growth }) => growth);
  return [lines, others].flatMap((group) =>
    group
      .filter(counts)
      .toSorted((a, b) => b.slope - a.slope)
      .map((growth) => Object.freeze({ ...growth, verdict: 'leaks' as const })),
  );
}

function steeper(a: Growth, b: Growth): Growth {
  return b.slope > a.slope ? b : a;
}

/** The test that the key `own` makes. */
export function ownTest(snapshot: Snapshot): OwnTest {
  const folder = ownFolderOf(snapshot);
  return ({ filename }) => ownFileMask([filename], folder)[0] === 1;
}
