import { shownParts } from '../../../model/resident-parts.js';
import { formatSize } from '../../../text/size-format.js';
import type { CaptureFacts, CoverageFacts, ReportData } from '../../call-tree/report-data.js';
import { element } from './dom.js';
import type { State } from './page-state.js';

const KINDS = { change: 'What changed', difference: 'Two tracings compared' } as const;

function kindOf({ data: { series, fleet }, isDiff, diffWord }: State): string {
  if (fleet) return isDiff ? 'What a process of one release holds more than of another' : 'What a process holds, on average';
  if (series) return `What grew in ${series.rounds.at(-1)!.number} rounds`;
  return isDiff ? KINDS[diffWord] : 'What holds the memory';
}

/** The title, the coverage of the process, and notes on how to read the figures. */
export function header(state: State): HTMLElement {
  const { facts, title } = state.data;
  return element(
    'header',
    {},
    element('p', { class: 'kind' }, kindOf(state)),
    element('h1', {}, element('bdi', {}, title)),
    element(
      'div',
      { class: 'cards' },
      coverageCard(state.data),
      element(
        'section',
        { class: 'card notes', 'aria-label': 'How to read this' },
        element('h2', {}, 'How to read this'),
        list(facts.notes),
      ),
    ),
  );
}

/** The settings with which the snapshots were taken. */
export function settings({ data }: State): HTMLElement {
  return element('section', { class: 'cards', 'aria-label': 'Settings' }, ...data.facts.captures.map(captureCard));
}

function list(notes: readonly string[]): HTMLElement {
  return element('ul', {}, ...notes.map((note) => element('li', {}, note)));
}

const COVERAGE: readonly (readonly [string, Exclude<keyof CoverageFacts, 'resident'>])[] = [
  ['traced', 'traced'],
  ['heap used', 'heapUsed'],
  ['external', 'external'],
  ['array buffers', 'arrayBuffers'],
  ['rss', 'rss'],
];

function coverageCard({ facts, fleet }: ReportData): HTMLElement {
  const { coverage: now, oldCoverage: old, oldMoment } = facts;
  const totals = COVERAGE.map(([name, field]) => ({ name, mark: '', bytes: now[field], before: old?.[field] ?? null }));
  const parts = shownParts(now.resident).map(({ kind, bytes, estimated }) => ({
    name: `of it ${kind}`,
    mark: estimated ? ' ±' : '',
    bytes,
    before: old?.resident.find((part) => part.kind === kind)?.bytes ?? null,
  }));
  const rows = [...totals, ...parts];
  const most = Math.max(1, ...rows.map(({ bytes }) => bytes ?? 0));
  const body = element('dl', { class: old ? 'coverage compared' : 'coverage' });
  for (const { name, mark, bytes, before } of rows) {
    if (bytes === null) continue;
    const bar = element('span', { class: 'track-bar' });
    bar.style.width = `${(100 * bytes) / most}%`;
    const track = element('span', { class: 'track', 'aria-hidden': 'true' }, bar);
    body.append(
      element(
        'div',
        { class: name === 'traced' ? 'traced' : '' },
        element('dt', {}, name),
        element('dd', {}, track, `${formatSize(bytes)}${mark}`, ...beforeText(before, oldMoment)),
      ),
    );
  }
  return element(
    'section',
    { class: 'card', 'aria-label': 'Coverage' },
    element('h2', {}, fleet ? 'Memory of a process' : 'Memory of the process'),
    body,
  );
}

function beforeText(bytes: number | null, moment: string): HTMLElement[] {
  return bytes === null ? [] : [element('span', { class: 'quiet before' }, `${formatSize(bytes)} ${moment}`)];
}

function captureCard({ role, settings: values }: CaptureFacts): HTMLElement {
  const body = element('dl', { class: 'settings' });
  for (const [name, value] of values)
    body.append(element('div', {}, element('dt', {}, name), element('dd', {}, element('bdi', {}, value))));
  const title =
    { snapshot: 'The snapshot', after: 'After', before: 'Before', 'last round': 'The rounds, and the last of them' }[role] ?? role;
  return element('section', { class: 'card', 'aria-label': title }, element('h2', {}, title), body);
}
