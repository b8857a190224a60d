import type { ReportData } from '../../call-tree/report-data.js';
import { Details } from './details.js';
import { element } from './dom.js';
import { fleetCards } from './fleet-card.js';
import { Graph } from './graph.js';
import { header, settings } from './page-header.js';
import { State } from './page-state.js';
import { Table } from './page-table.js';
import { seriesCards } from './series-card.js';
import { toolbar } from './toolbar.js';

const data: ReportData = JSON.parse(document.getElementById('report')!.textContent!);
const state = new State(data);
const details = new Details(state);
const graph = new Graph(state, (node) => details.show(node));

/** A difference without any change needs a sentence, because its boxes look like those of any other. */
function unchanged({ isDiff, noDiffText, cells }: State): HTMLElement[] {
  const isChanged = cells.size.some((_, cell) => cells.change(cell) !== 0 || cells.count[cell] !== cells.oldCount[cell]);
  return isDiff && !isChanged ? [element('p', { class: 'quiet unchanged' }, noDiffText)] : [];
}

document.body.append(
  header(state),
  element(
    'main',
    {},
    ...fleetCards(state),
    ...seriesCards(state),
    toolbar(state),
    element('section', { class: 'card', 'aria-label': 'Flame graph' }, ...unchanged(state), graph.root, details.root),
    element('section', { class: 'card', 'aria-label': 'Table' }, new Table(state).root),
  ),
  settings(state),
  element('footer', {}, 'Sizes are in units of 1024. Made by tracemalloc; this page sends nothing anywhere.'),
);
