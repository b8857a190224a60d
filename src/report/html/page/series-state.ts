import { formatSize } from '../../../text/size-format.js';
import type { GrowthData, SeriesData } from '../../call-tree/series-data.js';
import { percent } from '../../text/percent.js';
import { type GrowthRow, growthRows, type Layer, layersOf } from '../view/growth-view.js';
import type { State } from './page-state.js';

/** The rounds of the page's series, and what the chosen groups did in them. */
export class SeriesState {
  readonly state: State;
  readonly series: SeriesData;
  rows: readonly GrowthRow[] = [];
  layers: readonly Layer[] = [];

  constructor(state: State, series: SeriesData) {
    this.state = state;
    this.series = series;
    this.#group();
    state.onChange((changed) => {
      if (changed.has('groupBy')) this.#group();
      else if (changed.has('row')) this.#layer();
    });
  }

  /** The rounds that the reader can choose. */
  get choosable(): number[] {
    return this.series.rounds.flatMap(({ hasStacks }, round) => (hasStacks ? [round] : []));
  }

  get growthData(): GrowthData {
    return this.series.growth[this.state.choices.groupBy]!;
  }

  roundName(round: number): string {
    const { number, time } = this.series.rounds[round]!;
    return `round ${number}${round < this.series.warmup ? ' (warm-up)' : ''}, ${time.slice(11, 19)} UTC`;
  }

  /** `round 4, 12:31:05 UTC: 34.1 MiB traced, heap used 40.0 MiB`. */
  roundText(round: number): string {
    const { traced, heapUsed } = this.series.rounds[round]!;
    return `${this.roundName(round)}: ${formatSize(traced)} traced${heapUsed === null ? '' : `, heap used ${formatSize(heapUsed)}`}`;
  }

  layerName({ row }: Layer): string {
    return row ? row.name : 'all others';
  }

  /** `4.1 MiB, 12 %`, of a round. */
  layerFigures({ sizes }: Layer, round: number): string {
    return `${formatSize(sizes[round]!)}, ${percent(sizes[round]!, this.series.rounds[round]!.traced)}`;
  }

  #group(): void {
    const { data, names, places, choices } = this.state;
    this.rows = growthRows(choices.groupBy, this.growthData, { data, names, places });
    this.#layer();
  }

  #layer(): void {
    this.layers = layersOf(this.rows, this.series, (row) => this.state.isSelected(row));
  }
}
