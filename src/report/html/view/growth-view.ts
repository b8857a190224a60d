import { TRUNCATED } from '../../call-tree/report-data.js';
import type { GrowthData, SeriesData } from '../../call-tree/series-data.js';
import { type Grouping, type GroupKey, isLocation, placeName, type Row } from './row-groups.js';

/** What a group did over the rounds. Arrays have one element a round. */
export interface GrowthRow extends Pick<Row, 'key' | 'name' | 'frame' | 'count'> {
  readonly verdict: string;
  /** Bytes a round. */
  readonly slope: number;
  readonly error: number;
  readonly sizes: readonly number[];
  /** Bytes that are alive in the last round, by the round of their birth. */
  readonly ages: readonly number[];
}

type Naming = Pick<Grouping, 'data' | 'names' | 'places'>;

export function growthRows(key: GroupKey, growth: GrowthData, naming: Naming): GrowthRow[] {
  return growth.frame.map((frame, i) => ({
    key,
    frame,
    name: frame === TRUNCATED ? naming.data.names[growth.name[i]!]! : nameOfPlace(key, frame, naming),
    verdict: growth.verdict[i]!,
    slope: growth.slope[i]!,
    error: growth.standardError[i]!,
    count: growth.count[i]!,
    sizes: growth.sizes[i]!,
    ages: growth.ages[i]!,
  }));
}

/** As the table below has it. */
function nameOfPlace(key: GroupKey, frame: number, { data, names, places }: Naming): string {
  if (!isLocation(key)) return '';
  const { groupOf, first, areMixed } = places(key);
  const group = groupOf[frame]!;
  return placeName(key, { names, frame: first[group]!, isMixed: areMixed[group]!, isLine: data.frames.isLine[frame] === 1 });
}

/** A layer of the picture: the bytes of a group by round, or of all groups without a layer, as the last one. */
export interface Layer {
  /** null: the rest. */
  readonly row: GrowthRow | null;
  readonly sizes: readonly number[];
}

const MOST_LAYERS = 7;

/**
 * The largest groups in the order of the table, and the rest as one.
 *
 * @param isSelected such a group has a layer, however small it is; the others keep their places
 */
export function layersOf(rows: readonly GrowthRow[], { rounds }: SeriesData, isSelected: (row: GrowthRow) => boolean): Layer[] {
  const peak = ({ sizes }: GrowthRow) => sizes.reduce((most, size) => Math.max(most, size), 0);
  const largest = new Set([...rows].sort((a, b) => peak(b) - peak(a)).slice(0, MOST_LAYERS));
  const shown = [...rows.filter((row) => largest.has(row)), ...rows.filter((row) => !largest.has(row) && isSelected(row))];
  const rest = rounds.map(({ traced }, round) => Math.max(0, traced - shown.reduce((sum, { sizes }) => sum + sizes[round]!, 0)));
  const layers: Layer[] = shown.map((row) => ({ row, sizes: row.sizes }));
  return rest.some((size) => size > shown.length) ? [...layers, { row: null, sizes: rest }] : layers; // sizes are rounded
}

/** The name of a layer in pictures, where a name has no room: a letter, and * for the rest. */
export function letterOf(layers: readonly Layer[], index: number): string {
  return layers[index]!.row === null ? '*' : String.fromCharCode('A'.charCodeAt(0) + index);
}
