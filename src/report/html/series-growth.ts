import type { Growth } from '../../series/growth.js';
import type { Series } from '../../series/series.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { NOT_OWN, packageName } from '../../snapshot/statistics/package-name.js';
import { type FrameColumns, TRUNCATED } from '../call-tree/report-data.js';
import type { GrowthData } from '../call-tree/series-data.js';
import { type GroupKey, isLocation, type LocationKey, placeId } from './view/row-groups.js';

/** What the page calls the key types. */
export const KEY_TYPES: Readonly<Record<GroupKey, KeyType>> = {
  line: 'lineno',
  own: 'own',
  file: 'filename',
  function: 'function',
  package: 'package',
  type: 'type',
  thread: 'thread',
  domain: 'domain',
  label: 'label',
};

/** Groups of a key that the page has. With 100 rounds a group takes about 1 kB. */
const MOST_GROUPS = 100;
/** So many of them are the largest ones, because the picture shows these. The others leak, or grow most. */
const LARGEST = 30;

/** The frames of the page, and where names and frames of groups that none of its stacks has are added. */
export interface PageFrames {
  readonly frames: { readonly [column in keyof FrameColumns]: number[] };
  readonly intern: (name: string) => number;
}

/** What the groups of each key did. @param keys the ones that the page has */
export function seriesGrowth(
  series: Series,
  { keys, rounds, page, warmup }: Omit<Shown, 'key'> & { readonly keys: readonly GroupKey[]; readonly warmup: number },
): Readonly<Record<string, GrowthData>> {
  const of = (key: GroupKey) => growthData(series.growth(KEY_TYPES[key], { warmup }), { key, rounds, page });
  return Object.fromEntries(keys.map((key) => [key, of(key)]));
}

interface Shown {
  readonly key: GroupKey;
  /** Rounds of the series that the page shows. */
  readonly rounds: readonly number[];
  readonly page: PageFrames;
}

function growthData(growth: readonly Growth[], { key, rounds, page }: Shown): GrowthData {
  const shown = shownGroups(growth);
  const frameOf = isLocation(key) ? placesOf(key, page) : () => TRUNCATED;
  const frames = shown.map((one) => frameOf(one));
  const verdicts: Record<string, number> = {};
  for (const { verdict } of growth) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
  return {
    frame: frames,
    name: shown.map(({ traceback }, i) => (frames[i] === TRUNCATED ? page.intern(traceback.at(-1)!.filename) : -1)),
    verdict: shown.map(({ verdict }) => verdict),
    slope: shown.map(({ slope }) => Math.round(slope)),
    standardError: shown.map(({ standardError }) => Math.round(standardError)),
    count: shown.map(({ counts }) => counts.at(-1)!),
    sizes: shown.map(({ sizes }) => rounds.map((round) => Math.round(sizes[round]!))),
    ages: shown.map(({ ages }) => rounds.map((round, i) => bytesBorn(ages, { after: rounds[i - 1] ?? -1, upTo: round }))),
    verdicts,
  };
}

/** Those that leak or grow most, and the largest, in the order of the growth. */
function shownGroups(growth: readonly Growth[]): Growth[] {
  if (growth.length <= MOST_GROUPS) return [...growth];
  const peaks = new Map(growth.map((one) => [one, one.sizes.reduce((most, size) => Math.max(most, size), 0)]));
  const largest = [...growth].sort((a, b) => peaks.get(b)! - peaks.get(a)!).slice(0, LARGEST);
  const shown = new Set(largest);
  for (const one of growth) if (shown.size < MOST_GROUPS) shown.add(one);
  return growth.filter((one) => shown.has(one));
}

function bytesBorn(ages: readonly number[], { after, upTo }: { after: number; upTo: number }): number {
  return Math.round(ages.slice(after + 1, upTo + 1).reduce((sum, bytes) => sum + bytes, 0));
}

/** Gives each group its first frame on the page. A group without one gets a frame that no stack has. */
function placesOf(key: LocationKey, { frames, intern }: PageFrames): (growth: Growth) => number {
  const known = new Map<string, number>();
  frames.file.forEach((_, frame) => {
    const id = placeId(key, frames, frame);
    if (!known.has(id)) known.set(id, frame);
  });
  return ({ traceback }) => {
    const { filename, lineno, column, functionName, precision } = traceback.at(-1)!;
    if (key === 'own' && filename === NOT_OWN) return TRUNCATED;
    const made = {
      file: intern(filename),
      line: lineno,
      column,
      functionName: intern(functionName),
      isLine: Number(precision === 'line'),
      packageName: intern(key === 'package' ? filename : packageName(filename)),
      isOwn: Number(key === 'own'),
    };
    const id = placeId(key, columnsOf(made), 0);
    const found = known.get(id);
    if (found !== undefined) return found;
    const frame = frames.file.length;
    for (const [column, value] of Object.entries(made)) frames[column as keyof FrameColumns].push(value);
    known.set(id, frame);
    return frame;
  };
}

function columnsOf(frame: Record<keyof FrameColumns, number>): FrameColumns {
  return Object.fromEntries(Object.entries(frame).map(([column, value]) => [column, [value]])) as unknown as FrameColumns;
}
