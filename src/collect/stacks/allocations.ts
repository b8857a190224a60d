import type { ProfileNode } from './v8-profile.js';

/** What was allocated in some windows, as plain data: a tree of call frames, and rows that name its nodes. */
export interface Allocations {
  readonly head: ProfileNode;
  /** By the id of a node with rows: its number, from 0 on. */
  readonly nodeNumbers: ReadonlyMap<number, number>;
  /** Number of the node, for each row. */
  readonly node: readonly number[];
  /** Bytes. */
  readonly size: readonly number[];
  /** Blocks. They may be more than 2^32. */
  readonly count: readonly number[];
}

/** The garbage collections of one thread. */
export interface GcTotals {
  readonly count: number;
  /** How long the thread stood still for them. */
  readonly seconds: number;
  /** The part of the time that they took, from 0 to 1. */
  readonly share: number;
}
