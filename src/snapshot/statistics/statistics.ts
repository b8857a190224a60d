import type { SnapshotParts } from '../../model/snapshot-parts.js';
import type { Traceback } from '../../model/traceback.js';
import { countDifferenceErrors, countErrors } from './count-error.js';
import { Groups } from './groups.js';
import type { KeyType } from './key-type.js';
import { haveOwnCallers, type OwnCaller, ownCallers } from './own-callers.js';
import { descending } from './radix-order.js';
import { differenceErrors, standardErrors } from './sampling-error.js';
import { Statistic, StatisticDiff, type StatisticSource } from './statistic.js';
import { sumTotals, type Totals } from './totals.js';

/** Sorted by size, then count, then traceback; the largest first. */
export function groupStatistics(parts: SnapshotParts, keyType: KeyType, cumulative: boolean): Statistic[] {
  const groups = new Groups(keyType);
  const assignment = groups.assign(parts, cumulative);
  const { size, count } = sumTotals(parts.columns, assignment, groups.size);
  const order = descending(present([{ size, count }]), size, (a, b) => count[b]! - count[a]! || groups.compare(b, a));
  const source = new GroupSource(groups, {
    errors: () => standardErrors({ parts, assignment }, groups.size),
    countErrors: () => countErrors({ parts, assignment }, groups.size),
    callers: () => (haveOwnCallers(keyType, cumulative) ? ownCallers({ parts, assignment }, null) : NO_CALLERS),
  });
  return mapIds(order, (group) => new Statistic(source, group, { size: size[group]!, count: count[group]! }));
}

/** Sorted by change of size, then size, change of count, count, and traceback; the largest first. */
export function compareStatistics(snapshots: { now: SnapshotParts; old: SnapshotParts }, keyType: KeyType, cumulative: boolean) {
  const groups = new Groups(keyType);
  const now = { parts: snapshots.now, assignment: groups.assign(snapshots.now, cumulative) };
  const old = { parts: snapshots.old, assignment: groups.assign(snapshots.old, cumulative) };
  const after = sumTotals(now.parts.columns, now.assignment, groups.size);
  const before = sumTotals(old.parts.columns, old.assignment, groups.size);
  const sizeDiff = after.size.map((size, group) => size - before.size[group]!);
  const countDiff = after.count.map((count, group) => count - before.count[group]!);
  const order = descending(
    present([after, before]),
    sizeDiff.map(Math.abs),
    (a, b) =>
      after.size[b]! - after.size[a]! ||
      Math.abs(countDiff[b]!) - Math.abs(countDiff[a]!) ||
      after.count[b]! - after.count[a]! ||
      groups.compare(b, a),
  );
  const source = new GroupSource(groups, {
    errors: () => differenceErrors(now, old, groups.size),
    countErrors: () => countDifferenceErrors(now, old, groups.size),
    callers: () => (haveOwnCallers(keyType, cumulative) ? ownCallers(now, old) : NO_CALLERS),
  });
  return mapIds(order, (group) => {
    const [size, count] = [after.size[group]!, after.count[group]!];
    return new StatisticDiff(source, group, { size, count, sizeDiff: sizeDiff[group]!, countDiff: countDiff[group]! });
  });
}

/** The groups that have a trace. Some have none, because a filtered snapshot shares the table of the whole one. */
function present(totals: readonly Totals[]): Uint32Array {
  const isPresent = new Uint8Array(totals[0]!.size.length);
  for (const { size, count } of totals)
    for (let group = 0; group < isPresent.length; group++) if (size[group]! > 0 || count[group]! > 0) isPresent[group] = 1;
  const groups = new Uint32Array(isPresent.length);
  let length = 0;
  for (let group = 0; group < isPresent.length; group++) if (isPresent[group] === 1) groups[length++] = group;
  return groups.subarray(0, length);
}

/** `Array.from` would use the iterator of the typed array, which takes several times as long. */
function mapIds<T>(ids: Uint32Array, make: (id: number) => T): T[] {
  const made: T[] = [];
  for (let i = 0; i < ids.length; i++) made.push(make(ids[i]!));
  return made;
}

/** What is worked out for all groups when somebody first asks for one of them. */
interface Lazily {
  readonly errors: () => Float64Array;
  readonly countErrors: () => Float64Array;
  readonly callers: () => ReadonlyMap<number, OwnCaller>;
}

const NO_CALLERS: ReadonlyMap<number, OwnCaller> = new Map();

class GroupSource implements StatisticSource {
  readonly #groups: Groups;
  readonly #make: Lazily;
  #errors: Float64Array | undefined;
  #countErrors: Float64Array | undefined;
  #callers: ReadonlyMap<number, OwnCaller> | undefined;

  constructor(groups: Groups, make: Lazily) {
    this.#groups = groups;
    this.#make = make;
  }

  traceback(group: number): Traceback {
    return this.#groups.traceback(group);
  }

  label(group: number): string {
    return this.#groups.label(group);
  }

  standardError(group: number): number {
    this.#errors ??= this.#make.errors();
    return this.#errors[group]!;
  }

  countStandardError(group: number): number {
    this.#countErrors ??= this.#make.countErrors();
    return this.#countErrors[group]!;
  }

  ownCaller(group: number): OwnCaller | null {
    this.#callers ??= this.#make.callers();
    return this.#callers.get(group) ?? null;
  }
}
