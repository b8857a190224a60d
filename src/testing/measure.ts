import { LifetimesBuilder } from '../series/lifetimes-builder.js';
import { Series } from '../series/series.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import type { RoundsTracer } from '../tracing/attach/attach-self.js';
import { type Calling, callWork, type Work } from './call-work.js';
import type { CheckedOptions } from './growth-options.js';
import { isClear, isInProportion, leavesBlocks, mayLeak, type Plan } from './growth-rule.js';
import { idle } from './idle.js';
import { type Site, SiteCounts } from './site-counts.js';
import { Sites } from './sites.js';

/** The calls of the rounds of the proof, as multiples of those of other rounds. After the last one a cache of some thousand entries is full. */
const PROOF = [2, 8, 32];
/** A round of the proof whose calls would take longer than this is left out if the work was called often enough, and a leak is clear without it. */
const PROOF_MS = 1000;
/** If no leak is clear, a round whose calls would take longer than this is left out, and nothing is called a leak. */
const LONGEST_PROOF_MS = 10_000;
/** Twice as many as Node's own cache takes: it keeps the timings of the first 250 fetches for `performance.getEntries()`. */
const LEAST_CALLS = 500;

/** The rounds of a work of which something is kept. */
export interface Measured {
  /** The warm-up, and the rounds after it: all with the same number of calls. */
  readonly series: Series;
  readonly sites: Sites;
  /** The sites that keep something of every call. */
  readonly leaking: ReadonlySet<number>;
}

type Rule = (site: Site, plan: Plan) => boolean;

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
  const { rounds, iterations, warmup } = options;
  const sites = new Sites();
  const counts = new SiteCounts(sites);
  const snapshots: Snapshot[] = []; // columns, which are a few blocks each; a builder keeps thousands, which V8 would sample
  const plan = { rounds: [] as { calls: number }[], first: warmup, proof: warmup + rounds };
  const called = () => plan.rounds.reduce((sum, { calls }) => sum + calls, 0);
  let took = 0;
  const round = async (calls: number) => {
    const begun = performance.now();
    await callWork(work, calls, calling);
    took = performance.now() - begun;
    await idle();
    const snapshot = await target.tracer.takeSnapshot();
    plan.rounds.push({ calls });
    counts.add(snapshot);
    return snapshot;
  };
  const among = (rule: Rule) => new Set([...counts].filter(([, site]) => rule(site, plan)).map(([number]) => number));
  for (let number = 1; number <= warmup + rounds; number++) {
    snapshots.push(await round(iterations));
    if (number > warmup && among(leavesBlocks).size === 0) return null;
  }
  let leaking = among(mayLeak);
  if (leaking.size === 0) return null;
  for (const [i, times] of PROOF.entries()) {
    const expectedMs = i === 0 ? 0 : (took * times) / PROOF[i - 1]!;
    if (expectedMs > PROOF_MS && called() >= LEAST_CALLS) {
      const clear = among(isClear);
      if (clear.size > 0) {
        leaking = clear;
        break;
      }
      if (expectedMs > LONGEST_PROOF_MS) return null;
    }
    await round(times * iterations);
    leaking = among(isInProportion);
    if (leaking.size === 0) return null;
  }
  await target.tracer.stop();
  return { series: await seriesOf(snapshots, target), sites, leaking };
}

async function seriesOf(snapshots: readonly Snapshot[], target: RoundsTracer): Promise<Series> {
  const builder = new LifetimesBuilder();
  for (const snapshot of snapshots) builder.add(snapshot);
  const lifetimes = builder.build();
  return new Series({ ...lifetimes, sourceMaps: await target.sourceMapsOf(lifetimes.table) });
}
