import type { Traceback } from '../../model/traceback.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { Groups } from '../../snapshot/statistics/groups.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { haveOwnCallers, type OwnCaller, ownCallers } from '../../snapshot/statistics/own-callers.js';
import { differenceErrors } from '../../snapshot/statistics/sampling-error.js';
import { sumTotals } from '../../snapshot/statistics/totals.js';
import { placeOf } from '../text/place.js';
import type { Change } from '../text/table.js';
import type { LiveReading, LiveReadings, LiveSort, LiveState } from './live-state.js';

/** One group with its size now and its changes, in bytes. */
export interface LiveRow {
  /** Created on demand, because most rows are never shown. */
  readonly traceback: Traceback;
  /** See `Statistic.ownCaller`; of the size now. */
  readonly ownCaller: OwnCaller | null;
  readonly size: number;
  readonly sinceStart: Change;
  readonly sinceLast: Change;
  /** Change since the start, a second; 0 if no time has passed. */
  readonly rate: number;
}

/** The groups of all three snapshots, the largest first. @param selected gives the traces that count */
export function liveRows({ first, previous, last }: LiveReadings, keyType: KeyType, selected = (all: Snapshot) => all): LiveRow[] {
  const groups = new Groups(keyType);
  const assigned = ({ snapshot }: LiveReading) => {
    const parts = selected(snapshot);
    return { parts, assignment: groups.assign(parts, false) };
  };
  const [now, before, start] = [assigned(last), assigned(previous), assigned(first)];
  const sizes = (grouped: typeof now) => sumTotals(grouped.parts.columns, grouped.assignment, groups.size).size;
  const [size, sizeBefore, sizeAtStart] = [sizes(now), sizes(before), sizes(start)];
  const errors = { sinceLast: differenceErrors(now, before, groups.size), sinceStart: differenceErrors(now, start, groups.size) };
  let callers: ReadonlyMap<number, OwnCaller> | undefined;
  const callerOf = (group: number) => {
    callers ??= haveOwnCallers(keyType, false) ? ownCallers(now, null) : new Map();
    return callers.get(group) ?? null;
  };
  const seconds = (last.at - first.at) / 1000;
  const row = (group: number): LiveRow => {
    const change = size[group]! - sizeAtStart[group]!;
    return {
      get traceback() {
        return groups.traceback(group);
      },
      get ownCaller() {
        return callerOf(group);
      },
      size: size[group]!,
      sinceStart: { sizeDiff: change, standardError: errors.sinceStart[group]! },
      sinceLast: { sizeDiff: size[group]! - sizeBefore[group]!, standardError: errors.sinceLast[group]! },
      rate: seconds > 0 ? change / seconds : 0,
    };
  };
  const present = Array.from(size.keys()).filter((group) => size[group]! > 0 || sizeBefore[group]! > 0 || sizeAtStart[group]! > 0);
  return present.sort((a, b) => size[b]! - size[a]! || groups.compare(a, b)).map(row);
}

const ORDERS: Readonly<Record<LiveSort, (row: LiveRow) => number>> = {
  size: ({ size }) => size,
  'since start': ({ sinceStart }) => sinceStart.sizeDiff,
  'since last': ({ sinceLast }) => sinceLast.sizeDiff,
};

/** The rows that pass the filter, the largest first. Equal rows keep their order. */
export function selectedRows(
  rows: readonly LiveRow[],
  { keyType, sort, filter }: Pick<LiveState, 'keyType' | 'sort' | 'filter'>,
  cwd: string,
): LiveRow[] {
  const text = filter.toLowerCase();
  const matches = ({ traceback }: LiveRow) => placeOf(traceback, { keyType, cwd }).toLowerCase().includes(text);
  const order = ORDERS[sort];
  return (text === '' ? [...rows] : rows.filter(matches)).sort((a, b) => order(b) - order(a));
}
