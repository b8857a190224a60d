import { NOT_OWN } from '../../../snapshot/statistics/package-name.js';
import { type CellColumns, type FrameColumns, type ReportData, TRUNCATED } from '../../call-tree/report-data.js';
import type { FrameNames } from './frames.js';
import type { Tree } from './page-tree.js';
import type { Matches } from './search.js';
import type { Sums } from './sums.js';

const LOCATION_KEYS = ['line', 'own', 'file', 'function', 'package'] as const;
const COLUMN_KEYS = ['type', 'thread', 'domain', 'label'] as const;
export type LocationKey = (typeof LOCATION_KEYS)[number];
type ColumnKey = (typeof COLUMN_KEYS)[number];
/** What the table can be grouped by. */
export const GROUP_KEYS = [...LOCATION_KEYS, ...COLUMN_KEYS] as const;
export type GroupKey = (typeof GROUP_KEYS)[number];

/** What the page calls the keys. */
export const GROUP_NAMES: Readonly<Record<GroupKey, string>> = {
  line: 'line',
  own: 'line of your code',
  file: 'file',
  function: 'function',
  package: 'package',
  type: 'type',
  thread: 'thread',
  domain: 'domain',
  label: 'label',
};

/** One row of the table: what a group allocated itself, and what it allocated with everything that it called. */
export interface Row {
  readonly key: GroupKey;
  readonly name: string;
  /** One of its frames; TRUNCATED if the group is not a place. */
  readonly frame: number;
  readonly size: number;
  readonly count: number;
  /** In bytes. */
  readonly error: number;
  readonly sizeDiff: number;
  readonly countDiff: number;
  readonly isNoise: boolean;
  /** Bytes including what was called; null if the group is not a place. */
  readonly cumulative: number | null;
  readonly cumulativeDiff: number | null;
}

/** The data from which the rows are made. */
export interface Grouping {
  readonly data: ReportData;
  readonly tree: Tree;
  readonly names: FrameNames;
  readonly cells: Sums;
  /** Only the stacks below this node are counted. */
  readonly within: number;
  readonly places: (key: LocationKey) => PlaceGroups;
  /** Keeps places with a matching frame, and of other groups what was allocated through one. null keeps everything. */
  readonly matches: Matches | null;
}

/** The keys by which these cells can be grouped. */
export function groupKeysOf({ label }: CellColumns): readonly GroupKey[] {
  return GROUP_KEYS.filter((key) => key !== 'label' || label !== null);
}

export function isLocation(key: GroupKey): key is LocationKey {
  return (LOCATION_KEYS as readonly string[]).includes(key);
}

export function rowsBy(key: GroupKey, grouping: Grouping): Row[] {
  return isLocation(key) ? rowsByPlace(key, grouping) : rowsByColumn(key, grouping);
}

/** The assignment of frames to groups. */
export interface PlaceGroups {
  /** By frame: its group. Under the key `own`, all frames that are not of own files are in one group. */
  readonly groupOf: Uint32Array;
  /** By group: its first frame. */
  readonly first: readonly number[];
  /** By group: whether its frames belong to several functions. */
  readonly areMixed: readonly boolean[];
}

export function placeGroups(key: LocationKey, { frames }: ReportData): PlaceGroups {
  const ids = new Map<string, number>();
  const first: number[] = [];
  const areMixed: boolean[] = [];
  const groupOf = Uint32Array.from(frames.file, (_, frame) => {
    const group = ids.get(placeId(key, frames, frame)) ?? first.push(frame) - 1;
    ids.set(placeId(key, frames, frame), group);
    areMixed[group] ||= frames.functionName[first[group]!] !== frames.functionName[frame];
    return group;
  });
  return { groupOf, first, areMixed };
}

/** Distinguishes groups as snapshot/location-keys does. */
export function placeId(
  key: LocationKey,
  { file, line, column, functionName, isLine, packageName, isOwn }: FrameColumns,
  frame: number,
): string {
  switch (key) {
    case 'line':
      return `${file[frame]}:${line[frame]}`;
    case 'own':
      return isOwn[frame] === 1 ? `${file[frame]}:${line[frame]}` : '';
    case 'file':
      return `${file[frame]}`;
    case 'function':
      return `${file[frame]} ${functionName[frame]} ${isLine[frame] === 1 ? '' : `${line[frame]}:${column[frame]}`}`;
    case 'package':
      return `${packageName[frame]}`;
  }
}

function rowsByPlace(key: LocationKey, { data, tree, names, cells, places, within, matches }: Grouping): Row[] {
  const { groupOf, first, areMixed } = places(key);
  const own = cells.empty(first.length);
  const cumulative = cells.empty(first.length);
  const isShown = new Uint8Array(first.length);
  for (let frame = 0; frame < groupOf.length; frame++) if (!matches || matches.frames[frame] === 1) isShown[groupOf[frame]!] = 1;
  const isThere = new Uint8Array(first.length);
  const nowhere = key === 'own' ? first.findIndex((frame) => data.frames.isOwn[frame] === 0) : -1;
  const placeOf = key === 'own' ? newestOwn(tree, data.frames) : null;
  for (const [cell, node] of data.cells.node.entries()) {
    if (node < within || node >= tree.end[within]! || tree.frame[node] === TRUNCATED) continue;
    const place = placeOf ? placeOf[node]! : node;
    const group = place === 0 ? nowhere : groupOf[tree.frame[place]!]!;
    isThere[group] = 1;
    own.add(group, cells, cell);
  }
  const coveredTo = new Uint32Array(first.length); // so that the bytes of a recursive group count once
  for (let node = within; node < tree.end[within]!; node++) {
    if (tree.frame[node] === TRUNCATED) continue;
    const group = groupOf[tree.frame[node]!]!;
    if (group === nowhere) continue; // its own bytes are all that it has
    isThere[group] = 1;
    if (node < coveredTo[group]!) continue;
    coveredTo[group] = tree.end[node]!;
    cumulative.add(group, tree.sums, node);
  }
  return first.flatMap((frame, group) =>
    isShown[group] === 1 && isThere[group] === 1
      ? [
          {
            ...figures(own, group),
            key,
            ...(group === nowhere
              ? { frame: TRUNCATED, name: NOT_OWN }
              : { frame, name: placeName(key, { names, frame, isMixed: areMixed[group]!, isLine: data.frames.isLine[frame] === 1 }) }),
            cumulative: group === nowhere ? own.size[group]! : cumulative.size[group]!,
            cumulativeDiff: group === nowhere ? own.change(group) : cumulative.change(group),
          },
        ]
      : [],
  );
}

/** By node: the nearest node up to the root that is of the program's own files; 0 if there is none. */
function newestOwn({ length, frame, parent }: Tree, { isOwn }: FrameColumns): Uint32Array {
  const newest = new Uint32Array(length);
  for (let node = 1; node < length; node++) newest[node] = isOwn[frame[node]!] === 1 ? node : newest[parent[node]!]!;
  return newest;
}

export function placeName(
  key: LocationKey,
  { names, frame, isMixed, isLine }: { names: FrameNames; frame: number; isMixed: boolean; isLine: boolean },
): string {
  switch (key) {
    case 'line':
    case 'own':
      return isMixed ? names.place(frame) : `${names.place(frame)} ${names.functionName(frame)}`.trimEnd();
    case 'file':
      return names.file(frame);
    case 'function':
      return `${isLine ? names.file(frame) : names.place(frame)} ${names.functionName(frame)}`.trimEnd();
    case 'package':
      return names.packageName(frame);
  }
}

function rowsByColumn(key: ColumnKey, { data, tree, cells, within, matches }: Grouping): Row[] {
  const column = data.cells[key]!;
  const groups = new Map<number, number>();
  const sums = cells.empty(new Set(column).size);
  for (const [cell, node] of data.cells.node.entries()) {
    if (node < within || node >= tree.end[within]!) continue;
    const value = column[cell]!;
    const isMatch = !matches || matches.stacks[node] === 1 || data.names[value]!.toLowerCase().includes(matches.text.toLowerCase());
    if (!isMatch) continue;
    if (!groups.has(value)) groups.set(value, groups.size);
    sums.add(groups.get(value)!, cells, cell);
  }
  return [...groups].map(([value, group]) => ({
    ...figures(sums, group),
    key,
    frame: TRUNCATED,
    name: data.names[value]!,
    cumulative: null,
    cumulativeDiff: null,
  }));
}

function figures(sums: Sums, group: number) {
  return {
    size: sums.size[group]!,
    count: sums.count[group]!,
    error: sums.error(group),
    sizeDiff: sums.change(group),
    countDiff: sums.count[group]! - sums.oldCount[group]!,
    isNoise: sums.isNoise(group),
  };
}
