import { GROUP_NAMES, type Row, rowsBy } from '../view/row-groups.js';
import { element, onceAFrame } from './dom.js';
import { groupChoice } from './group-choice.js';
import type { State } from './page-state.js';
import { rowDetails } from './row-details.js';
import { type Column, columnsOf } from './table-columns.js';

const PAGE = 50;

/** The groups as a table. Rows are created only as the reader asks for more, since a snapshot may have thousands. */
export class Table {
  readonly root: HTMLElement;
  readonly #state: State;
  readonly #caption = element('caption');
  readonly #head = element('tr');
  readonly #body = element('tbody');
  readonly #more = element('button', { type: 'button', class: 'more' }, 'Show more');
  readonly #redraw = onceAFrame(() => this.#draw());
  #rows: Row[] = [];
  #shown = PAGE;
  #sort: { title: string; descending: boolean } | null = null;

  constructor(state: State) {
    this.#state = state;
    const table = element('table', {}, this.#caption, element('thead', {}, this.#head), this.#body);
    const scroller = element('div', { class: 'table-scroller', role: 'region', tabindex: 0, 'aria-label': 'Table of groups' }, table);
    this.root = element('div', { class: 'table' }, groupChoice(state, 'group-by'), scroller, this.#more);
    this.#more.addEventListener('click', () => {
      this.#shown += 10 * PAGE;
      this.#draw();
    });
    state.onChange((changed) => {
      if (changed.has('groupBy')) this.#sort = null;
      if (changed.has('groupBy') || changed.has('query') || changed.has('zoom') || changed.has('label')) this.#shown = PAGE;
      this.#redraw();
    });
    this.#draw();
  }

  #draw(): void {
    const { data, tree, names, cells, places, choices, matches, isDiff } = this.#state;
    const columns = columnsOf(this.#state);
    const rows = rowsBy(choices.groupBy, { data, tree, names, cells, places, within: choices.zoom, matches });
    this.#rows = isDiff
      ? rows.filter(({ sizeDiff, countDiff, cumulativeDiff }) => sizeDiff !== 0 || countDiff !== 0 || cumulativeDiff)
      : rows.filter((row) => row.count !== 0 || row.size !== 0 || row.cumulative);
    this.#rows.sort(this.#order(columns));
    this.#caption.textContent = this.#captionText();
    this.#drawHead(columns);
    const largest = this.#rows.reduce((most, row) => Math.max(most, Math.abs(columns[0]!.value(row))), 0);
    this.#body.replaceChildren(...this.#rows.slice(0, this.#shown).flatMap((row) => this.#row(row, columns, largest)));
    this.#more.hidden = this.#rows.length <= this.#shown;
  }

  #captionText(): string {
    const { choices, matches, isDiff, noDiffText } = this.#state;
    const what = this.#rows.length === 0 ? (isDiff ? noDiffText : 'Nothing') : `${this.#rows.length} by ${GROUP_NAMES[choices.groupBy]}`;
    const series = this.#state.data.series;
    const when = series ? `, in round ${series.rounds[choices.round]!.number}` : '';
    const whose = choices.label === null ? '' : `, for ${this.#state.data.names[choices.label]!}`;
    const where = choices.zoom === 0 ? '' : `, in ${this.#state.nodeLabel(choices.zoom)} and what it called`;
    return `${what}${when}${whose}${where}${matches ? `, found by “${matches.text}”` : ''}`;
  }

  #order(columns: readonly Column[]): (a: Row, b: Row) => number {
    const byName = (a: Row, b: Row) => (a.name < b.name ? -1 : Number(a.name > b.name));
    if (this.#sort?.title === 'name') return this.#sort.descending ? (a, b) => byName(b, a) : byName;
    const column = columns.find(({ title }) => title === this.#sort?.title);
    if (column) {
      const sign = this.#sort!.descending ? -1 : 1;
      return (a, b) => sign * (column.value(a) - column.value(b)) || byName(a, b);
    }
    const first = columns[0]!;
    return (a, b) => Math.abs(first.value(b)) - Math.abs(first.value(a)) || (b.cumulative ?? 0) - (a.cumulative ?? 0) || byName(a, b);
  }

  #drawHead(columns: readonly Column[]): void {
    const titles = [...columns, { title: 'name', description: '', isDetail: false }];
    this.#head.replaceChildren(
      ...titles.map(({ title, description, isDetail }, index) => {
        const isSorted = this.#sort ? this.#sort.title === title : index === 0;
        const descending = this.#sort?.descending ?? true;
        const label = title === 'name' ? GROUP_NAMES[this.#state.choices.groupBy] : title;
        const button = element('button', { type: 'button', class: 'plain', title: description }, label);
        button.addEventListener('click', () => {
          this.#sort = { title, descending: isSorted ? !descending : title !== 'name' };
          this.#draw();
          this.#head.querySelectorAll('button')[index]!.focus();
        });
        return element(
          'th',
          {
            scope: 'col',
            'aria-sort': isSorted ? (descending ? 'descending' : 'ascending') : 'none',
            class: title === 'name' ? 'name' : numberClass(isDetail),
          },
          button,
        );
      }),
    );
  }

  /** The row, followed by its details if it is the selected one. */
  #row(row: Row, columns: readonly Column[], largest: number): HTMLElement[] {
    const isSelected = this.#state.isSelected(row);
    const select = element(
      'button',
      { type: 'button', class: 'plain mono', 'aria-expanded': `${isSelected}` },
      element('bdi', {}, row.name),
    );
    const cells = columns.map((column, index) => {
      const cell = element('td', { class: numberClass(column.isDetail) }, column.text(row));
      if (index === 0) cell.prepend(this.#bar(row, largest === 0 ? 0 : Math.abs(column.value(row)) / largest));
      return cell;
    });
    const made = element(
      'tr',
      { class: isSelected ? 'group selected' : 'group' },
      ...cells,
      element('th', { scope: 'row', class: 'name' }, select),
    );
    made.addEventListener('click', () => this.#select(isSelected ? null : row, document.activeElement === select ? made : null));
    if (!isSelected) return [made];
    return [made, element('tr', {}, element('td', { colspan: columns.length + 1 }, rowDetails(this.#state, row, columns)))];
  }

  /** @param part relative to the largest row, from 0 to 1 */
  #bar({ isNoise, sizeDiff }: Row, part: number): HTMLElement {
    const kind = !this.#state.isDiff ? '' : isNoise ? ' noise' : sizeDiff > 0 ? ' grew' : ' shrank';
    const bar = element('span', { class: `row-bar${kind}`, 'aria-hidden': 'true' });
    bar.style.width = `${100 * part}%`;
    return bar;
  }

  /** @param focused the row that has the focus, which it gets back after it is drawn again */
  #select(row: Row | null, focused: HTMLElement | null): void {
    const index = focused ? [...this.#body.querySelectorAll('.group')].indexOf(focused) : -1;
    this.#state.choose({ row });
    if (index !== -1) requestAnimationFrame(() => this.#body.querySelectorAll('.group')[index]?.querySelector('button')?.focus());
  }
}

function numberClass(isDetail: boolean): string {
  return isDetail ? 'number detail' : 'number';
}
