import { TRUNCATED } from '../../call-tree/report-data.js';
import type { Row } from '../view/row-groups.js';
import { element } from './dom.js';
import type { Selection, State } from './page-state.js';
import type { Column } from './table-columns.js';

const LINES_AROUND = 4;
const NOT_READ = 'Its source could not be read when the report was made.';
const NOT_EMBEDDED = 'This report has no sources; --embed-sources adds them.';

/** Shown below the selected row: all its figures, since the table may have no room for them, and its source if it is embedded. */
export function rowDetails(state: State, row: Row, columns: readonly Column[]): HTMLElement {
  const figures = columns.map(({ title, text }) => element('div', {}, element('dt', {}, title), element('dd', {}, text(row))));
  return element('div', { class: 'row-details' }, element('dl', { class: 'row-figures' }, ...figures), ...sourceOf(state, row));
}

/** The source of a row's line, or why the page does not have it; nothing for a row without a line. */
export function sourceOf(state: State, { key, frame }: Selection): HTMLElement[] {
  const hasSource = frame !== TRUNCATED && (key === 'line' || key === 'own' || key === 'function');
  if (!hasSource) return [];
  const lines = sourceLinesOf(state, frame);
  if (lines.length > 0) return [element('ol', { class: 'code', 'aria-label': 'Source' }, ...lines.map(codeLine))];
  return [element('p', { class: 'quiet' }, state.data.sources ? NOT_READ : NOT_EMBEDDED)];
}

interface SourceLine {
  readonly number: number;
  readonly text: string;
  readonly isHighlighted: boolean;
}

function sourceLinesOf({ data }: State, frame: number): SourceLine[] {
  const line = data.frames.line[frame]!;
  const source = data.sources?.[data.frames.file[frame]!] ?? {};
  const numbers = Array.from({ length: 2 * LINES_AROUND + 1 }, (_, index) => line - LINES_AROUND + index);
  return numbers.flatMap((number) =>
    source[number] === undefined ? [] : [{ number, text: source[number], isHighlighted: number === line }],
  );
}

function codeLine({ number, text, isHighlighted }: SourceLine): HTMLElement {
  return element(
    'li',
    { value: number, ...(isHighlighted && { class: 'meant', 'aria-current': 'true' }) },
    element('code', {}, text === '' ? ' ' : text),
  );
}
