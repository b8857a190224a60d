import { formatSize } from '../../../text/size-format.js';
import type { CaptureFacts, CoverageFacts } from '../../call-tree/report-data.js';
import { element } from './dom.js';
import type { State } from './page-state.js';

const KINDS = { change: 'What changed', difference: 'Two tracings compared' } as const;

/** The title, the coverage of the process, and notes on how to read the figures. */
export function header({ data, isDiff, diffWord }: State): HTMLElement {
  const { facts, title } = data;
  return element(
    'header',
    {},
    element('p', { class: 'kind' }, isDiff ? KINDS[diffWord] : 'What holds the memory'),
    element('h1', {}, element('bdi', {}, title)),
    element(
      'div',
      { class: 'cards' },
      coverageCard(facts.coverage, facts.oldCoverage),
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

const COVERAGE: readonly (readonly [string, keyof CoverageFacts])[] = [
  ['traced', 'traced'],
  ['heap used', 'heapUsed'],
  ['external', 'external'],
  ['array buffers', 'arrayBuffers'],
  ['rss', 'rss'],
];

function coverageCard(now: CoverageFacts, old: CoverageFacts | null): HTMLElement {
  const rows = COVERAGE.map(([name, field]) => ({ name, bytes: now[field], before: old?.[field] ?? null }));
  const most = Math.max(1, ...rows.map(({ bytes }) => bytes ?? 0));
  const body = element('dl', { class: 'coverage' });
  for (const { name, bytes, before } of rows) {
    if (bytes === null) continue;
    const bar = element('span', { class: 'track-bar' });
    bar.style.width = `${(100 * bytes) / most}%`;
    const track = element('span', { class: 'track', 'aria-hidden': 'true' }, bar);
    body.append(
      element(
        'div',
        { class: name === 'traced' ? 'traced' : '' },
        element('dt', {}, name),
        element('dd', {}, track, formatSize(bytes), ...beforeText(before)),
      ),
    );
  }
  return element('section', { class: 'card', 'aria-label': 'Coverage' }, element('h2', {}, 'Memory of the process'), body);
}

function beforeText(bytes: number | null): HTMLElement[] {
  return bytes === null ? [] : [element('span', { class: 'quiet before' }, `${formatSize(bytes)} before`)];
}

function captureCard({ role, settings: values }: CaptureFacts): HTMLElement {
  const body = element('dl', { class: 'settings' });
  for (const [name, value] of values)
    body.append(element('div', {}, element('dt', {}, name), element('dd', {}, element('bdi', {}, value))));
  const title = { snapshot: 'The snapshot', after: 'After', before: 'Before' }[role] ?? role;
  return element('section', { class: 'card', 'aria-label': title }, element('h2', {}, title), body);
}
