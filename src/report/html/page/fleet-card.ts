import { formatSize } from '../../../text/size-format.js';
import type { FleetData, FleetGrowthRow } from '../../call-tree/fleet-data.js';
import { element } from './dom.js';
import { HistoryChart, releaseClass, releaseLetter } from './history-chart.js';
import type { State } from './page-state.js';

/** The processes of a service over time, and what grows in them; nothing on the page of a snapshot. */
export function fleetCards({ data: { fleet } }: State): HTMLElement[] {
  if (!fleet) return [];
  const leaks = fleet.growth.filter(({ verdict }) => verdict === 'leaks').length;
  const found = leaks === 0 ? 'No leak found' : leaks === 1 ? '1 leak' : `${leaks} leaks`;
  return [
    element(
      'section',
      { class: 'card', 'aria-label': 'Over time' },
      element('h2', {}, 'Bytes a process over time, in UTC'),
      new HistoryChart(fleet.releases).root,
      legend(fleet),
      historyTable(fleet),
    ),
    element(
      'section',
      { class: 'card', 'aria-label': 'Growth' },
      element('p', { class: 'headline' }, element('strong', {}, found)),
      growthTable(fleet),
    ),
  ];
}

function chip(index: number): HTMLElement {
  return element(
    'span',
    { class: 'chip' },
    element('i', { class: `swatch ${releaseClass(index)}`, 'aria-hidden': 'true' }),
    releaseLetter(index),
  );
}

function legend({ releases }: FleetData): HTMLElement {
  const items = releases.map(({ name, points }, index) => {
    const { size, processes } = points.at(-1)!;
    const figures = `${formatSize(size)} a process at last, in ${processes === 1 ? '1 process' : `${processes} processes`}`;
    return element('li', {}, chip(index), element('bdi', {}, name || 'no release'), element('span', { class: 'quiet' }, figures));
  });
  return element('ul', { class: 'layers', 'aria-label': 'Releases' }, ...items);
}

function historyTable({ releases }: FleetData): HTMLElement {
  const rows = releases.flatMap(({ name, points }) =>
    points.map(({ timeMs, size, processes }) => [
      new Date(timeMs).toISOString().replace('T', ' ').slice(0, 19),
      formatSize(size),
      `${processes}`,
      name,
    ]),
  );
  const table = element(
    'table',
    {},
    element('caption', {}, 'Bytes a process by time'),
    head(['time', 'a process', 'processes', 'release'], {}),
    element(
      'tbody',
      {},
      ...rows.map((cells) => element('tr', {}, ...cells.map((text) => element('td', { class: 'number' }, element('bdi', {}, text))))),
    ),
  );
  const scroller = element('div', { class: 'table-scroller tall', role: 'region', tabindex: 0, 'aria-label': 'Table of times' }, table);
  return element('details', { class: 'as-table' }, element('summary', {}, 'The picture as a table'), scroller);
}

function growthTable({ growth, more }: FleetData): HTMLElement {
  if (growth.length === 0) return element('p', { class: 'quiet' }, 'Nothing grows over the uptime of the processes.');
  const rest = more > 0 ? `; ${more} more grow` : '';
  const table = element(
    'table',
    { class: 'growth' },
    element('caption', {}, `What grows over the uptime of the processes${rest}`),
    head(['verdict', 'an hour', '±', 'processes', 'release', 'place']),
    element('tbody', {}, ...growth.map(growthRow)),
  );
  return element('div', { class: 'table-scroller', role: 'region', tabindex: 0, 'aria-label': 'Table of growth' }, table);
}

function growthRow({ verdict, slope, standardError, processes, of, release, place }: FleetGrowthRow): HTMLElement {
  const figure = (text: string, kind = 'number detail') => element('td', { class: kind }, element('bdi', {}, text));
  return element(
    'tr',
    {},
    element('td', {}, element('span', { class: `verdict verdict-${verdict}` }, verdict)),
    figure(formatSize(slope, true), 'number'),
    figure(formatSize(standardError)),
    figure(`${processes} of ${of}`),
    figure(release),
    element('th', { scope: 'row', class: 'name mono' }, element('bdi', {}, place)),
  );
}

/** On a narrow screen the table of growth leaves the details out. */
const KINDS: Readonly<Record<string, string>> = {
  verdict: '',
  place: 'name',
  '±': 'number detail',
  processes: 'number detail',
  release: 'number detail',
};

function head(titles: readonly string[], kinds = KINDS): HTMLElement {
  return element(
    'thead',
    {},
    element('tr', {}, ...titles.map((text) => element('th', { scope: 'col', class: kinds[text] ?? 'number' }, text))),
  );
}
