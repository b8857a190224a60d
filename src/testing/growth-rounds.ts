import type { Snapshot } from '../snapshot/snapshot.js';
import type { RoundsTracer } from '../tracing/attach/attach-self.js';
import { type Calling, callWork, type Work } from './call-work.js';
import type { Plan, RoundOfCalls } from './growth-rule.js';
import { idle } from './idle.js';
import { type Site, SiteCounts } from './sites/site-counts.js';
import type { Sites } from './sites/sites.js';

type Rule = (site: Site, plan: Plan) => boolean;

export interface GrowthRoundsOptions extends Pick<Plan, 'first' | 'proof'> {
  readonly sites: Sites;
  readonly target: RoundsTracer;
  readonly calling: Calling;
}

/** How long something took, or will take. */
export interface Duration {
  readonly ms: number;
  /** Of the whole process, whatever else the machine does. */
  readonly processorMs: number;
}

/** The rounds of a measurement so far, and what is alive of each site. */
export class GrowthRounds {
  readonly #work: Work;
  readonly #options: GrowthRoundsOptions;
  readonly #counts: SiteCounts;
  readonly #rounds: RoundOfCalls[] = [];
  #took: Duration = { ms: 0, processorMs: 0 };

  constructor(work: Work, options: GrowthRoundsOptions) {
    this.#work = work;
    this.#options = options;
    this.#counts = new SiteCounts(options.sites);
  }

  /** Calls the work, and looks at what it left behind. @throws what the work throws */
  async run(calls: number): Promise<Snapshot> {
    const { target, calling } = this.#options;
    const begun = { ms: performance.now(), processor: process.cpuUsage() };
    await callWork(this.#work, calls, calling);
    const { user, system } = process.cpuUsage(begun.processor);
    this.#took = { ms: performance.now() - begun.ms, processorMs: (user + system) / 1000 };
    await idle();
    const snapshot = await target.tracer.takeSnapshot();
    this.#rounds.push({ calls });
    this.#counts.add(snapshot);
    return snapshot;
  }

  /** In all rounds. */
  get called(): number {
    return this.#rounds.reduce((sum, { calls }) => sum + calls, 0);
  }

  /** What so many calls would take if they were as slow as those of the last round. */
  expected(calls: number): Duration {
    const times = calls / this.#rounds.at(-1)!.calls;
    return { ms: times * this.#took.ms, processorMs: times * this.#took.processorMs };
  }

  /** The numbers of the sites for which the rule holds. */
  among(rule: Rule): ReadonlySet<number> {
    const { first, proof } = this.#options;
    const plan = { rounds: this.#rounds, first, proof };
    return new Set([...this.#counts].filter(([, site]) => rule(site, plan)).map(([number]) => number));
  }
}
