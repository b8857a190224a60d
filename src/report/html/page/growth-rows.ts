import { formatSize } from '../../../text/size-format.js';
import { barsPath, columnsIn, endOfLine, linePath } from '../view/chart-shapes.js';
import type { GrowthRow } from '../view/growth-view.js';
import { GROUP_NAMES } from '../view/row-groups.js';
import { drawing, element, onceAFrame } from './dom.js';
import { layerChip } from './round-legend.js';
import { sourceOf } from './row-details.js';
import type { SeriesState } from './series-state.js';

const PAGE = 10;
const SMALL = { width: 110, height: 22 };
const MARGIN = 4;

/** What each group did over the rounds: leaks first. */
export class GrowthTable {
  readonly root: HTMLElement;
  readonly #series: SeriesState;
  readonly #caption = element('caption');
  readonly #head = element('tr');
  readonly #body = element('tbody');
  readonly #more = element('button', { type: 'button', class: 'more' }, 'Show more');
  readonly #redraw = onceAFrame(() => this.#draw());
  #shown = PAGE;

  constructor(series: SeriesState) {
    this.#series = series;
    const table = element('table', { class: 'growth' }, this.#caption, element('thead', {}, this.#head), this.#body);
    const scroller = element('div', { class: 'table-scroller', role: 'region', tabindex: 0, 'aria-label': 'Table of growth' }, table);
    this.root = element('div', { class: 'table' }, scroller, this.#more);
    this.#more.addEventListener('click', () => {
      this.#shown += 5 * PAGE;
      this.#draw();
    });
    series.state.onChange((changed) => {
      if (changed.has('groupBy')) this.#shown = PAGE;
      if (changed.has('groupBy') || changed.has('row') || changed.has('query')) this.#redraw();
    });
    this.#draw();
  }

  #draw(): void {
    const { rows, state } = this.#series;
    const query = state.choices.query.trim().toLowerCase();
    const found = rows.filter(({ name }) => name.toLowerCase().includes(query));
    const hasErrors = rows.some(({ error }) => error > 0);
    this.#caption.textContent = this.#captionText(found.length);
    this.#drawHead(hasErrors);
    this.#body.replaceChildren(...found.slice(0, this.#shown).flatMap((row) => this.#row(row, hasErrors)));
    this.#more.hidden = found.length <= this.#shown;
  }

  #captionText(found: number): string {
    const { state, growthData, rows } = this.#series;
    const { verdicts } = growthData;
    const all = Object.values(verdicts).reduce((sum, count) => sum + count, 0);
    const parts = VERDICTS.flatMap(([verdict]) => (verdicts[verdict] ? [`${verdicts[verdict]} ${verdict}`] : []));
    const left = all > rows.length ? `; the page has ${rows.length} of them` : '';
    const matching = found < rows.length ? `; ${found} found` : '';
    return `${all} by ${GROUP_NAMES[state.choices.groupBy]}: ${parts.join(', ') || 'nothing'}${left}${matching}`;
  }

  #drawHead(hasErrors: boolean): void {
    const title = (text: string, description: string, kind: string) =>
      element('th', { scope: 'col', class: kind, title: description }, text);
    this.#head.replaceChildren(
      title('verdict', '', ''),
      title('a round', 'bytes that each round adds, after the warm-up', 'number'),
      ...(hasErrors ? [title('±', 'standard error of that, in bytes', 'number detail')] : []),
      title('rounds', 'bytes in each round', 'detail'),
      title('alive', 'bytes in the last round', 'number detail'),
      title('ages', 'bytes that are alive in the last round, by the round of their birth', 'detail'),
      title(GROUP_NAMES[this.#series.state.choices.groupBy], '', 'name'),
    );
  }

  /** The row, followed by its figures if it is the selected one. */
  #row(row: GrowthRow, hasErrors: boolean): HTMLElement[] {
    const series = this.#series;
    const isSelected = series.state.isSelected(row);
    const layer = series.layers.findIndex((one) => one.row === row);
    const select = element(
      'button',
      { type: 'button', class: 'plain mono', 'aria-expanded': `${isSelected}` },
      element('bdi', {}, row.name),
    );
    const cells = [
      element('td', {}, element('span', { class: `verdict verdict-${row.verdict}` }, row.verdict)),
      element('td', { class: 'number' }, formatSize(row.slope, true)),
      ...(hasErrors ? [element('td', { class: 'number detail' }, formatSize(row.error))] : []),
      element('td', { class: 'detail' }, line(row.sizes)),
      element('td', { class: 'number detail' }, formatSize(row.sizes.at(-1)!)),
      element('td', { class: 'detail' }, ages(row.ages)),
    ];
    const name = element(
      'th',
      { scope: 'row', class: 'name' },
      layer === -1 ? element('span', { class: 'chip' }) : layerChip(series, layer),
      select,
    );
    const made = element('tr', { class: isSelected ? 'group selected' : 'group' }, ...cells, name);
    made.addEventListener('click', () => this.#select(row, isSelected));
    if (!isSelected) return [made];
    return [made, element('tr', {}, element('td', { colspan: cells.length + 1 }, this.#details(row)))];
  }

  /** The rows are drawn anew, so the button gets the focus back. */
  #select({ key, name, frame }: GrowthRow, isSelected: boolean): void {
    const buttons = () => [...this.#body.querySelectorAll<HTMLElement>('.group button')];
    const index = buttons().indexOf(document.activeElement as HTMLElement);
    this.#series.state.choose({ row: isSelected ? null : { key, name, frame } });
    if (index !== -1) requestAnimationFrame(() => buttons()[index]?.focus());
  }

  #details({ sizes, ages: born, count, slope, error, ...row }: GrowthRow): HTMLElement {
    const { rounds, warmup } = this.#series.series;
    const titles = ['round', 'bytes', 'born and alive'];
    const head = element('tr', {}, ...titles.map((text) => element('th', { scope: 'col', class: 'number' }, text)));
    const body = rounds.map(({ number }, round) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row', class: 'number' }, round < warmup ? `${number} (warm-up)` : `${number}`),
        element('td', { class: 'number' }, formatSize(sizes[round]!)),
        element('td', { class: 'number' }, formatSize(born[round]!)),
      ),
    );
    const margin = error > 0 ? ` ± ${formatSize(error)}` : '';
    const blocks = count === 1 ? '1 block' : `${count} blocks`;
    const text = `${formatSize(slope, true)}${margin} a round, ${blocks} in the last round. “Born and alive”: bytes that were born in a round and are alive in the last one.`;
    const caption = element('caption', {}, text);
    const table = element('table', { class: 'figures-by-round' }, caption, element('thead', {}, head), element('tbody', {}, ...body));
    const scroller = element('div', { class: 'table-scroller tall', role: 'region', tabindex: 0, 'aria-label': 'Figures by round' }, table);
    return element('div', { class: 'row-details by-round' }, scroller, ...sourceOf(this.#series.state, row));
  }
}

const VERDICTS: readonly (readonly [string, string])[] = [
  ['leaks', 'more after every round, beyond what sampling explains, and what the rounds left behind does not die'],
  ['grows', 'more after most rounds, but what the rounds left behind dies later, or there are too few rounds to tell'],
  ['level', 'as much as before, or less, such as a cache that is full'],
  ['noise', 'changes that mean nothing: too few samples to tell, or growth in a few rounds only'],
];

export function verdictMeanings(): HTMLElement {
  const list = element('dl', { class: 'meanings' });
  for (const [verdict, meaning] of VERDICTS)
    list.append(
      element('div', {}, element('dt', {}, element('span', { class: `verdict verdict-${verdict}` }, verdict)), element('dd', {}, meaning)),
    );
  return element('details', { class: 'as-table' }, element('summary', {}, 'What the verdicts mean'), list);
}

/** The bytes by round as a small line. */
function line(sizes: readonly number[]): SVGElement {
  const inner = { width: SMALL.width - 2 * MARGIN, height: SMALL.height - 2 * MARGIN };
  const [x, y] = endOfLine(sizes, inner);
  const [most, last] = [Math.max(...sizes), sizes.at(-1)!];
  const label = `from ${formatSize(sizes[0]!)} to ${formatSize(last)}${most > last ? `, at most ${formatSize(most)}` : ''}`;
  return small(
    label,
    drawing(
      'g',
      { transform: `translate(${MARGIN} ${MARGIN})` },
      drawing('path', { class: 'line', d: linePath(sizes, inner) }),
      drawing('circle', { cx: x, cy: y, r: 2.5 }),
    ),
  );
}

/** The bytes that are alive at the end as small bars, one a round of birth. */
function ages(born: readonly number[]): SVGElement {
  const most = Math.max(1, ...born);
  const { left, width } = columnsIn({ from: 0, to: SMALL.width, narrow: 3 }, born.length);
  const bars = born.map((bytes, round) => {
    const height = bytes > 0 ? Math.max(1.5, (bytes / most) * (SMALL.height - 4)) : 0;
    return { left: left(round), width, top: SMALL.height - 2 - height, height };
  });
  const alive = born.filter((bytes) => bytes > 0).length;
  return small(
    `${alive} of ${born.length} rounds left something that is alive`,
    drawing('path', { class: 'ground', d: `M0 ${SMALL.height - 1.5}H${SMALL.width}` }),
    drawing('path', { class: 'age', d: barsPath(bars) }),
  );
}

function small(label: string, ...parts: readonly SVGElement[]): SVGElement {
  return drawing('svg', { class: 'small', role: 'img', 'aria-label': label, ...SMALL }, ...parts);
}
