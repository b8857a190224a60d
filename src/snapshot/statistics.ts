import { compareText } from '../model/frame.js';
import type { Traceback } from '../model/traceback.js';
import { Groups } from './groups.js';
import type { KeyType } from './key-type.js';
import { descending } from './order.js';
import type { SnapshotParts } from './parts.js';
import { differenceErrors, standardErrors } from './sampling-error.js';
import { Statistic, StatisticDiff, type StatisticSource } from './statistic.js';
import { sumTotals, type Totals } from './totals.js';

/** Largest size first, then count, then traceback. */
export function groupStatistics(parts: SnapshotParts, keyType: KeyType, cumulative: boolean): Statistic[] {
  const groups = new Groups(keyType);
  const assignment = groups.assign(parts, cumulative);
  const { size, count } = sumTotals(parts.columns, assignment, groups.size);
  const order = descending(present({ size, count }), size, (a, b) => count[b]! - count[a]! || compareGroups(groups, b, a));
  const source = new GroupSource(groups, () => standardErrors({ parts, assignment }, groups.size));
  return Array.from(order, (group) => new Statistic(source, group, { size: size[group]!, count: count[group]! }));
}

/** Largest change of size first, then size, change of count, count, and traceback. */
export function compareStatistics(snapshots: { now: SnapshotParts; old: SnapshotParts }, keyType: KeyType, cumulative: boolean) {
  const groups = new Groups(keyType);
  const now = { parts: snapshots.now, assignment: groups.assign(snapshots.now, cumulative) };
  const old = { parts: snapshots.old, assignment: groups.assign(snapshots.old, cumulative) };
  const after = sumTotals(now.parts.columns, now.assignment, groups.size);
  const before = sumTotals(old.parts.columns, old.assignment, groups.size);
  const sizeDiff = after.size.map((size, group) => size - before.size[group]!);
  const countDiff = after.count.map((count, group) => count - before.count[group]!);
  const order = descending(
    present(after, before),
    sizeDiff.map(Math.abs),
    (a, b) =>
      after.size[b]! - after.size[a]! ||
      Math.abs(countDiff[b]!) - Math.abs(countDiff[a]!) ||
      after.count[b]! - after.count[a]! ||
      compareGroups(groups, b, a),
  );
  const source = new GroupSource(groups, () => differenceErrors(now, old, groups.size));
  return Array.from(order, (group) => {
    const totals = { size: after.size[group]!, count: after.count[group]! };
    return new StatisticDiff(source, group, { ...totals, sizeDiff: sizeDiff[group]!, countDiff: countDiff[group]! });
  });
}

/** Groups that have a trace: a filtered snapshot shares the table of the whole one, so not every traceback in it is in use. */
function present(...totals: readonly Totals[]): Uint32Array {
  const groups = new Uint32Array(totals[0]!.size.length);
  let length = 0;
  for (let group = 0; group < groups.length; group++)
    if (totals.some(({ size, count }) => size[group]! > 0 || count[group]! > 0)) groups[length++] = group;
  return groups.subarray(0, length);
}

/** CPython's order of tracebacks; groups that it would not tell apart (two functions on one line) go by name and column. */
function compareGroups(groups: Groups, a: number, b: number): number {
  const [left, right] = [groups.traceback(a), groups.traceback(b)];
  const [one, other] = [left.frames[0]!, right.frames[0]!];
  return left.compare(right) || compareText(one.functionName, other.functionName) || one.column - other.column;
}

class GroupSource implements StatisticSource {
  readonly #groups: Groups;
  readonly #makeErrors: () => Float64Array;
  #errors: Float64Array | undefined;

  constructor(groups: Groups, makeErrors: () => Float64Array) {
    this.#groups = groups;
    this.#makeErrors = makeErrors;
  }

  traceback(group: number): Traceback {
    return this.#groups.traceback(group);
  }

  label(group: number): string {
    return this.#groups.label(group);
  }

  standardError(group: number): number {
    this.#errors ??= this.#makeErrors();
    return this.#errors[group]!;
  }
}
