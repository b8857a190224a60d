import { expect, it } from '@jest/globals';
import { takeLastSnapshot } from '../../../../src/cli/tracing/last-snapshot.js';
import { Snapshot } from '../../../../src/index.js';
import type { Closing } from '../../../../src/tracing/tracer/closing.js';
import type { Tracer } from '../../../../src/tracing/tracer/tracer.js';

const EMPTY = Snapshot.fromTraces([]);
const at = (minute: number) => new Snapshot({ ...EMPTY, capture: { ...EMPTY.capture, time: `2026-01-01T00:0${minute}:00.000Z` } });
const round = { snapshot: at(2), name: 'round 2', isRound: true };

/** A target that has ended, and left this. */
function ended(closing: Partial<Closing>): Tracer {
  const closed = Promise.resolve({ reason: 'it was killed', snapshot: null, atHeapLimit: false, peak: null, error: null, ...closing });
  return { isTracing: () => false, closed } as unknown as Tracer;
}

it('what was alive at the end is newer than any round', async () => {
  expect(await takeLastSnapshot(ended({ snapshot: at(3) }), () => round)).toEqual({ snapshot: at(3), notice: null, isLast: true });
});

it('without it, the latest round or checkpoint is the result', async () => {
  expect(await takeLastSnapshot(ended({}), () => round)).toEqual({
    snapshot: round.snapshot,
    notice: 'no last snapshot: it was killed; what follows is round 2 of 2026-01-01T00:02:00.000Z',
    isLast: false,
  });
  await expect(takeLastSnapshot(ended({}), () => null)).rejects.toThrow(
    'the target is gone before its result could be taken: it was killed',
  );
});

it('a program that lives on after its heap limit has a newer round', async () => {
  const closing = { snapshot: at(1), atHeapLimit: true };
  expect(await takeLastSnapshot(ended(closing), () => round)).toEqual({
    snapshot: round.snapshot,
    notice:
      'the program came to its heap limit at 2026-01-01T00:01:00.000Z and lived on; what follows is round 2 of 2026-01-01T00:02:00.000Z',
    isLast: true,
  });
  expect((await takeLastSnapshot(ended({ ...closing, snapshot: at(3) }), () => round)).snapshot).toEqual(at(3));
  const checkpoint = { ...round, name: 'the checkpoint', isRound: false };
  expect((await takeLastSnapshot(ended(closing), () => checkpoint)).snapshot).toEqual(at(1)); // the user asked for the heap limit
});
