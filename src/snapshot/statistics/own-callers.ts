import type { Frame } from '../../model/frame.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { Groups } from './groups.js';
import { isLocationKey, type KeyType } from './key-type.js';
import { ownFileMask } from './own-files.js';
import { NOT_OWN } from './package-name.js';
import type { GroupedTraces } from './sampling-error.js';
import { bucketPairs } from './totals.js';

/** The line of the program through which most bytes of a group were allocated. */
export interface OwnCaller {
  readonly frame: Frame;
  /** The part of the group's bytes, from 0 to 1. In a diff: the part of what was added, or removed if the group shrank. */
  readonly share: number;
}

/** Whether groups of a key have one place that calls can lead to. */
export function haveOwnCallers(keyType: KeyType, cumulative: boolean): boolean {
  return isLocationKey(keyType) && keyType !== 'own' && !cumulative;
}

/** Bytes of one group that were allocated through one line of the program. */
interface Flow {
  readonly group: number;
  /** A group of the key `own`. */
  readonly own: number;
  bytes: number;
}

/**
 * For each group: the nearest caller in the program's own files with most of its bytes. Groups of own files have none, because their own line says
 * where.
 *
 * @param old the older snapshot of a diff
 */
export function ownCallers(now: GroupedTraces, old: GroupedTraces | null): ReadonlyMap<number, OwnCaller> {
  const lines = new Groups('own');
  const flows = new Flows(lines);
  flows.add(now, 1);
  if (old) flows.add(old, -1);
  const best = new Map<number, Flow>();
  const sums = flows.sums();
  for (const flow of flows) {
    const direction = Math.sign(sums.get(flow.group)!);
    if (Math.sign(flow.bytes) !== direction || direction === 0 || isNotOwn(lines, flow.own)) continue;
    const known = best.get(flow.group);
    const order = known ? Math.abs(flow.bytes) - Math.abs(known.bytes) || lines.compare(known.own, flow.own) : 1;
    if (order > 0) best.set(flow.group, flow);
  }
  const parts = flows.sums((flow) => Math.sign(flow.bytes) === Math.sign(sums.get(flow.group)!));
  return new Map(
    [...best].map(([group, { own, bytes }]) => [group, { frame: lines.traceback(own).frames[0]!, share: bytes / parts.get(group)! }]),
  );
}

/** Bytes of traces without an own frame whose stacks were cut: an older frame that was not kept may be own. */
export function cutBeforeOwn(parts: SnapshotParts): number {
  const { table } = parts;
  const lines = new Groups('own');
  const assignment = lines.assign(parts, false);
  const pairs = bucketPairs(parts.columns, assignment);
  let bytes = 0;
  for (let t = 0; t < table.totalFrames.length; t++) {
    const isCut = table.totalFrames[t]! > table.tracebackStart[t + 1]! - table.tracebackStart[t]!;
    if (isCut && pairs[2 * t]! > 0 && isNotOwn(lines, assignment.groups[t]!)) bytes += pairs[2 * t]!;
  }
  return bytes;
}

function isNotOwn(lines: Groups, group: number): boolean {
  return lines.traceback(group).frames[0]!.filename === NOT_OWN;
}

class Flows implements Iterable<Flow> {
  readonly #lines: Groups;
  readonly #byPair = new Map<string, Flow>();
  /** Groups of the program's own files. */
  readonly #own = new Set<number>();

  constructor(lines: Groups) {
    this.#lines = lines;
  }

  /** @param sign 1 or -1 */
  add({ parts, assignment }: GroupedTraces, sign: number): void {
    const lines = this.#lines.assign(parts, false).groups;
    const { table, columns } = parts;
    const isOwn = ownFileMask(table.filenames, this.#lines.ownFolderFor(parts));
    const pairs = bucketPairs(columns, assignment);
    for (let t = 0; t < lines.length; t++) {
      const group = assignment.groups[t]!;
      const leaf = table.frames[table.tracebackStart[t + 1]! - 1]!;
      if (isOwn[table.locationFile[leaf]!] === 1) this.#own.add(group);
      else if (pairs[2 * t]! > 0) this.#flow(group, lines[t]!).bytes += sign * pairs[2 * t]!;
    }
  }

  *[Symbol.iterator](): Iterator<Flow> {
    for (const flow of this.#byPair.values()) if (!this.#own.has(flow.group)) yield flow;
  }

  /** Bytes by group. */
  sums(counts: (flow: Flow) => boolean = () => true): ReadonlyMap<number, number> {
    const sums = new Map<number, number>();
    for (const flow of this) if (counts(flow)) sums.set(flow.group, (sums.get(flow.group) ?? 0) + flow.bytes);
    return sums;
  }

  #flow(group: number, own: number): Flow {
    const pair = `${group} ${own}`;
    const known = this.#byPair.get(pair);
    if (known) return known;
    const flow = { group, own, bytes: 0 };
    this.#byPair.set(pair, flow);
    return flow;
  }
}
