import { formatSize } from '../../../text/size-format.js';
import { letterOf } from '../view/growth-view.js';
import { element } from './dom.js';
import { layerClass } from './round-chart.js';
import type { SeriesState } from './series-state.js';

/** Letter and colour of a layer. */
export function layerChip({ layers }: SeriesState, index: number): HTMLElement {
  const { row } = layers[index]!;
  return element(
    'span',
    { class: 'chip' },
    element('i', { class: `swatch ${layerClass(row === null ? null : index)}`, 'aria-hidden': 'true' }),
    letterOf(layers, index),
  );
}

/** The layers of the picture by name, with their bytes in the chosen round. */
export class RoundLegend {
  readonly root = element('ul', { class: 'layers', 'aria-label': 'Layers of the picture, from the bottom up' });
  readonly #series: SeriesState;

  constructor(series: SeriesState) {
    this.#series = series;
    this.#fill();
    series.state.onChange(() => this.#fill());
  }

  #fill(): void {
    const series = this.#series;
    const { round } = series.state.choices;
    this.root.replaceChildren(
      ...series.layers.map((layer, index) =>
        element(
          'li',
          {},
          layerChip(series, index),
          element('bdi', { class: layer.row ? 'mono' : '' }, series.layerName(layer)),
          element('span', { class: 'quiet' }, series.layerFigures(layer, round)),
        ),
      ),
    );
  }
}

/** All figures of the picture as a table, for those who cannot see it, or want to copy them. */
export class RoundTable {
  readonly root: HTMLElement;
  readonly #series: SeriesState;
  readonly #head = element('tr');
  readonly #body = element('tbody');

  constructor(series: SeriesState) {
    this.#series = series;
    const table = element('table', {}, element('caption', {}, 'Bytes by round'), element('thead', {}, this.#head), this.#body);
    const scroller = element('div', { class: 'table-scroller tall', role: 'region', tabindex: 0, 'aria-label': 'Table of rounds' }, table);
    this.root = element('details', { class: 'as-table' }, element('summary', {}, 'The rounds as a table'), scroller);
    this.#fill();
    series.state.onChange((changed) => {
      if (changed.has('groupBy') || changed.has('row')) this.#fill();
    });
  }

  #fill(): void {
    const { layers, series } = this.#series;
    const title = (text: string, ...before: HTMLElement[]) =>
      element('th', { scope: 'col', class: before.length > 0 ? 'number of-layer' : 'number' }, ...before, element('bdi', {}, text));
    this.#head.replaceChildren(
      title('round'),
      title('time'),
      title('traced'),
      ...layers.map((layer, index) => title(this.#series.layerName(layer), layerChip(this.#series, index))),
      title('heap used'),
      title('rss'),
    );
    const cell = (text: string) => element('td', { class: 'number' }, text);
    const size = (bytes: number | null) => cell(bytes === null ? 'unknown' : formatSize(bytes));
    this.#body.replaceChildren(
      ...series.rounds.map(({ number, time, traced, heapUsed, rss }, round) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row', class: 'number' }, round < series.warmup ? `${number} (warm-up)` : `${number}`),
          cell(time.slice(11, 19)),
          size(traced),
          ...layers.map(({ sizes }) => size(sizes[round]!)),
          size(heapUsed),
          size(rss),
        ),
      ),
    );
  }
}
