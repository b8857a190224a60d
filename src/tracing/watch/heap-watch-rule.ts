/** A collection costs 5 ms in a small process, and 50 ms with a heap of 90 MB. While they are affordable, they are taken at fine steps. */
const FINE = { share: 0.02, least: 64 * 1024 };
/** Otherwise at coarse ones, so that a program that makes garbage goes on: of its highest usage, or of the heap as it was before. */
const COARSE = { share: 0.1, shareOfHeap: 1 / 16 };
/** So long may collections take altogether, and so large a share of the time since the begin beyond that. */
const CREDIT_MS = 1000;
const TIME_SHARE = 0.1;
/** Bytes that a program allocates in a millisecond at most: JavaScript fills 0.2 to 1 GB a second. */
const RATE = 1_000_000;
const PAUSE_MS = { least: 0.1, most: 1, mostIdle: 4 };

export interface Watched {
  /** All bytes are those beyond the begin. The most that a collection found alive. */
  readonly highest: number;
  /** What is below does not interest. */
  readonly limit: number;
  /** The bytes in use at the begin. */
  readonly heap: number;
  /** What collections have taken so far, and the time since the begin. */
  readonly collectingMs: number;
  readonly elapsedMs: number;
}

/** The usage, garbage included, above which only a collection can tell whether more is alive than ever before. */
export function dueAt({ highest, limit, heap, collectingMs, elapsedMs }: Watched): number {
  const isAffordable = collectingMs < CREDIT_MS + TIME_SHARE * elapsedMs;
  const step = isAffordable
    ? Math.max(FINE.share * highest, FINE.least)
    : Math.max(COARSE.share * highest, COARSE.shareOfHeap * heap, FINE.least);
  return Math.max(limit, highest + step);
}

/**
 * The time until the next look, in ms: so short that a program cannot get far beyond the usage at which a collection is due.
 *
 * @param missing the bytes until then
 * @param idleLooks how many looks in a row have found nothing allocated
 */
export function pauseUntilNextLook({ missing, idleLooks }: { readonly missing: number; readonly idleLooks: number }): number {
  const pause = Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, missing / RATE));
  return Math.min(PAUSE_MS.mostIdle, pause * 2 ** Math.min(idleLooks, 10));
}
