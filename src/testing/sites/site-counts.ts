import type { Snapshot } from '../../snapshot/snapshot.js';
import { NO_SITE, type Sites } from './sites.js';

/** What is alive of one site. */
export interface Site {
  /** Blocks, by the round of their birth. */
  readonly blocks: readonly number[];
  /** Blocks at the end of each round. */
  readonly totals: readonly number[];
}

/** By number of a site: blocks by round of birth. */
type Cohorts = Map<number, number[]>;

/** Counts the blocks of each site after each round. Only the last snapshot is read, so that a round costs the same however many came before. */
export class SiteCounts {
  readonly #sites: Sites;
  /** By thread: the highest birth at the end of each round. */
  readonly #limits = new Map<string, number[]>();
  readonly #totals: Map<number, number>[] = [];
  #alive: Cohorts = new Map();

  constructor(sites: Sites) {
    this.#sites = sites;
  }

  add(snapshot: Snapshot): void {
    const round = this.#totals.length;
    const { columns, threads, lastBirths } = snapshot;
    const sites = this.#sites.of(snapshot.table);
    const limits = threads.map((thread) => this.#limits.get(thread) ?? new Array<number>(round).fill(-1));
    this.#alive = new Map();
    const totals = new Map<number, number>();
    for (let row = 0; row < columns.length; row++) {
      const site = sites[columns.traceback[row]!]!;
      if (site === NO_SITE) continue;
      const cohort = cohortOf(columns.birth![row]!, limits[columns.thread ? columns.thread[row]! : 0]!);
      const blocks = this.#blocksOf(site, round);
      blocks[cohort]! += columns.count[row]!;
      totals.set(site, (totals.get(site) ?? 0) + columns.count[row]!);
    }
    this.#totals.push(totals);
    threads.forEach((thread, i) => {
      this.#limits.set(thread, [...limits[i]!, lastBirths?.[i] ?? -1]);
    });
    // A worker that could not be asked has taken no birth that we know of.
    for (const known of this.#limits.values()) if (known.length === round) known.push(known.at(-1) ?? -1);
  }

  /** The sites of which something is alive. */
  *[Symbol.iterator](): Iterator<readonly [number, Site]> {
    for (const [site, blocks] of this.#alive) yield [site, { blocks, totals: this.#totals.map((totals) => totals.get(site) ?? 0) }];
  }

  #blocksOf(site: number, round: number): number[] {
    const blocks = this.#alive.get(site) ?? new Array<number>(round + 1).fill(0);
    this.#alive.set(site, blocks);
    return blocks;
  }
}

/** The first round at whose end the birth was taken; the number of `limits` for the round that has just ended. */
function cohortOf(birth: number, limits: readonly number[]): number {
  let cohort = limits.length;
  while (cohort > 0 && birth <= limits[cohort - 1]!) cohort--;
  return cohort;
}
