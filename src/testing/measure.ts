import { LifetimesBuilder } from '../series/lifetimes-builder.js';
import { Series } from '../series/series.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { RoundsTracer } from '../tracing/attach/attach-self.js';
import type { Calling, Work } from './call-work.js';
import type { CheckedOptions } from './growth-options.js';
import { type Duration, GrowthRounds } from './growth-rounds.js';
import { isClear, isInProportion, leavesBlocks, mayLeak } from './growth-rule.js';
import { callsOfProof, LEAST_CALLS, PROOF_ROUNDS } from './proof-rounds.js';
import { Sites } from './sites/sites.js';

/**
 * A round of the proof whose calls would take more processor time than this is left out if the work was called often enough, and a leak is clear without
 * it. On a busy machine a second is over before a cache of some hundred entries is full.
 */
const PROOF_MS = 1000;
/** If no leak is clear by then, a later round whose calls would take longer than this is left out, and nothing is called a leak. */
const LONGEST_PROOF_MS = 10_000;
/** The same if a leak is clear, and only the work was not called often enough. */
const LONGEST_CLEAR_PROOF_MS = 60_000;

/** The rounds of a work of which something is kept. */
export interface Measured {
  /** The warm-up, and the rounds after it: all with the same number of calls. */
  readonly series: Series;
  readonly sites: Sites;
  /** The sites that keep something of every call. */
  readonly leaking: ReadonlySet<number>;
}

/**
 * Calls the work, round after round, and looks at what each round leaves behind. It ends when nothing is left that may leak, which takes two rounds
 * after the warm-up for most functions. What may leak after all rounds is proven by rounds with ever more calls.
 *
 * @returns null if nothing leaks
 * @throws what the work throws
 */
export async function measure(
  work: Work,
  options: CheckedOptions,
  { target, calling }: { readonly target: RoundsTracer; readonly calling: Calling },
): Promise<Measured | null> {
  const { iterations, warmup } = options;
  const usual = warmup + options.rounds;
  const sites = new Sites();
  const rounds = new GrowthRounds(work, { first: warmup, proof: usual, sites, target, calling });
  const snapshots: Snapshot[] = []; // columns, which are a few blocks each; a builder keeps thousands, which V8 would sample
  for (let number = 1; number <= usual; number++) {
    snapshots.push(await rounds.run(iterations));
    if (number > warmup && rounds.among(leavesBlocks).size === 0) return null;
  }
  if (rounds.among(mayLeak).size === 0) return null;
  const leaking = await provenLeaks(rounds, iterations);
  if (leaking.size === 0) return null;
  await target.tracer.stop();
  return { series: await seriesOf(snapshots, target), sites, leaking };
}

/** Runs the rounds of the proof, as far as they are needed, and gives the sites that still leak. */
async function provenLeaks(rounds: GrowthRounds, iterations: number): Promise<ReadonlySet<number>> {
  const none = new Set<number>();
  let leaking: ReadonlySet<number> = none;
  for (let i = 0; i < PROOF_ROUNDS; i++) {
    const { called } = rounds;
    let calls = callsOfProof(i, { iterations, called });
    if (i > 0 && isDear(rounds.expected(calls))) {
      const clear = rounds.among(isClear);
      if (clear.size > 0 && called >= LEAST_CALLS) return clear;
      if (clear.size > 0) calls = Math.min(calls, LEAST_CALLS - called);
      if (rounds.expected(calls).ms > (clear.size > 0 ? LONGEST_CLEAR_PROOF_MS : LONGEST_PROOF_MS)) return none;
    }
    await rounds.run(calls);
    leaking = rounds.among(isInProportion);
    if (leaking.size === 0) break;
  }
  return leaking;
}

function isDear({ ms, processorMs }: Duration): boolean {
  return processorMs > PROOF_MS || ms > LONGEST_PROOF_MS;
}

async function seriesOf(snapshots: readonly Snapshot[], target: RoundsTracer): Promise<Series> {
  const builder = new LifetimesBuilder();
  for (const snapshot of snapshots) builder.add(snapshot);
  const lifetimes = builder.build();
  return new Series({ ...lifetimes, sourceMaps: await target.sourceMapsOf(lifetimes.table) });
}
