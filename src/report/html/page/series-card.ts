import { formatSize } from '../../../text/size-format.js';
import type { SeriesData } from '../../call-tree/series-data.js';
import { element } from './dom.js';
import { groupChoice } from './group-choice.js';
import { GrowthTable, verdictMeanings } from './growth-rows.js';
import type { State } from './page-state.js';
import { RoundChart } from './round-chart.js';
import { RoundLegend, RoundTable } from './round-legend.js';
import { SeriesState } from './series-state.js';

/** The memory over the rounds of a series; nothing on the page of a snapshot. */
export function seriesCards(state: State): HTMLElement[] {
  if (!state.data.series) return [];
  const series = new SeriesState(state, state.data.series);
  const text = element('span');
  const name = element('bdi', { class: 'name' });
  const chart = new RoundChart(series, (round, layer) => {
    const shown = layer === null ? null : series.layers[layer]!;
    text.textContent = series.roundText(round) + (shown ? `; ${series.layerFigures(shown, round)} ` : '');
    name.textContent = shown ? series.layerName(shown) : '';
  });
  return [
    element(
      'section',
      { class: 'card', 'aria-label': 'Over the rounds' },
      headline(series),
      groupChoice(state, 'group-by-over-rounds'),
      chart.root,
      element('p', { class: 'round-text' }, text, name),
      new RoundLegend(series).root,
      new RoundTable(series).root,
    ),
    element('section', { class: 'card', 'aria-label': 'Growth' }, new GrowthTable(series).root, verdictMeanings()),
  ];
}

const MOST_NAMED = 3;

/** What leaks, before anything else. */
function headline(series: SeriesState): HTMLElement {
  const root = element('p', { class: 'headline' });
  const fill = () => {
    const { leaks = 0 } = series.growthData.verdicts;
    const named = series.rows.filter(({ verdict }) => verdict === 'leaks').slice(0, MOST_NAMED);
    const parts = named.map(({ name, slope }) =>
      element('span', {}, element('bdi', { class: 'name' }, name), ` ${formatSize(slope, true)} a round`),
    );
    const more = leaks > named.length ? [element('span', {}, `and ${leaks - named.length} more`)] : [];
    root.replaceChildren(element('strong', {}, countOf(leaks, series.series)), ...parts, ...more);
  };
  fill();
  series.state.onChange((changed) => {
    if (changed.has('groupBy')) fill();
  });
  return root;
}

function countOf(leaks: number, { hasEnoughRounds }: SeriesData): string {
  if (leaks === 0) return hasEnoughRounds ? 'No leak found' : 'Too few rounds to tell a leak';
  return leaks === 1 ? '1 leak' : `${leaks} leaks`;
}
