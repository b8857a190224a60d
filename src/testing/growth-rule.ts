import { medianOf } from '../series/verdict.js';
import type { Site } from './sites/site-counts.js';

/** A round and what was done in it. */
export interface RoundOfCalls {
  readonly calls: number;
}

/** The rounds of a measurement: those before `first` are for warming up, those from `proof` on have ever more calls. */
export interface Plan {
  readonly rounds: readonly RoundOfCalls[];
  readonly first: number;
  readonly proof: number;
}

/**
 * The share of calls that must leave a block behind. V8 leaves 5 to 15 blocks in a round, now and then, for feedback, maps and, if its compilers are
 * on, code: in five rounds of 100 calls at the same line, one after the other, only while the code is young.
 */
const LEAST_SHARE = 0.05;
/** In a round of a few calls V8's blocks are as many as the calls. It must leave these, or a block of every other call. */
const LEAST_BLOCKS = 5;
/**
 * In the last round a cache of 500 entries kept 500 blocks of 800 calls, in proportion enough for a round that another one follows, but not for a leak.
 * A block of every other call, and so many of the last round, are no work of V8. With its compilers on it left up to 22 on one line in each of five
 * rounds of 100 calls of an emitter, and 15 more in the first round of the proof.
 */
const CLEAR = { blocks: 50, share: 0.5, proportion: 0.9 };
/** What is kept in a round of the proof, in proportion to its calls: at least this part of what it was before. */
const LEAST_PROPORTION = 0.5;

/** Whether each round after the warm-up left blocks behind that are still alive. */
export function leavesBlocks({ blocks }: Site, { rounds, first }: Plan): boolean {
  return rounds
    .slice(first)
    .every(({ calls }, i) => blocks[first + i]! >= Math.max(LEAST_SHARE * calls, Math.min(LEAST_BLOCKS, calls / 2)));
}

/**
 * Whether a site may leak: each round left blocks behind, and all rounds together left about as many as there are more now. A full cache has blocks
 * of the last rounds, but not more than before. Only all rounds tell: in one or two, V8 frees as many blocks of young code as a slow function leaks.
 */
export function mayLeak(site: Site, plan: Plan): boolean {
  if (!leavesBlocks(site, plan)) return false;
  const { blocks, totals } = site;
  const left = blocks.slice(plan.first, plan.rounds.length).reduce((sum, count) => sum + count, 0);
  return totals.at(-1)! - (totals[plan.first - 1] ?? 0) >= LEAST_PROPORTION * left;
}

/**
 * Whether what a site keeps is in proportion to the calls: rounds with two, four, eight times the calls left two, four, eight times the blocks.
 * V8's own blocks, a cache that is full at last and a table that doubles are not.
 */
export function isInProportion(site: Site, plan: Plan): boolean {
  return keepsPace(site, plan, LEAST_PROPORTION);
}

function keepsPace(site: Site, plan: Plan, proportion: number): boolean {
  if (!mayLeak(site, plan)) return false;
  const { rounds, first, proof } = plan;
  const rates = rounds.slice(first, proof).map(({ calls }, i) => site.blocks[first + i]! / calls);
  const usual = medianOf(rates);
  return rounds.slice(proof).every(({ calls }, i) => site.blocks[proof + i]! >= proportion * usual * calls);
}

/** Whether a site leaks even if the rounds of the proof with most calls are left out. */
export function isClear(site: Site, plan: Plan): boolean {
  const { rounds, first } = plan;
  const isOften = rounds.slice(first).every(({ calls }, i) => site.blocks[first + i]! >= CLEAR.share * calls);
  return isOften && site.blocks.at(-1)! >= CLEAR.blocks && keepsPace(site, plan, CLEAR.proportion);
}
