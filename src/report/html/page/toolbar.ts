import { percent } from '../../text/percent.js';
import { labelsBySize } from '../view/label-list.js';
import type { Measure } from '../view/layout.js';
import { matchedWeight } from '../view/search.js';
import { element } from './dom.js';
import { listChoice } from './list-choice.js';
import type { State } from './page-state.js';

/** The value of the choice that leaves nothing out; those of labels are numbers. */
const ALL = 'all';

/** The search, the choices of what is shown and how, and the reset button. */
export function toolbar(state: State): HTMLElement {
  const field = element('input', {
    type: 'search',
    id: 'search',
    placeholder: 'function, file:line or package',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  field.addEventListener('input', () => state.choose({ query: field.value }));
  const found = element('span', { role: 'status', class: 'found' });
  const reset = element('button', { type: 'button', id: 'reset' }, 'Reset');
  reset.addEventListener('click', () => state.choose({ zoom: 0, query: '', row: null, round: state.lastRound, label: null }));
  state.onChange(() => {
    if (field.value !== state.choices.query) field.value = state.choices.query;
    const text = foundText(state);
    if (found.textContent !== text) found.textContent = text;
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || document.activeElement === field) return;
    event.preventDefault();
    field.select();
    field.focus();
  });
  const directions = [
    ['flame', 'flame graph'],
    ['icicle', 'icicle'],
  ] as const;
  const measures: readonly (readonly [Measure, string])[] = [
    ['size', 'after'],
    ['old size', 'before'],
    ['change', state.diffWord],
  ];
  return element(
    'div',
    { class: 'toolbar', role: 'group', 'aria-label': 'Search and view' },
    element('label', { class: 'search', for: 'search' }, 'Search', field),
    found,
    ...roundChoice(state),
    ...labelChoice(state),
    choice('Picture', 'direction', directions, (direction) => state.choose({ direction })),
    ...(state.isDiff ? [choice('Widths', 'measure', measures, (measure) => state.choose({ measure }))] : []),
    reset,
  );
}

function foundText(state: State): string {
  const { matches, tree, widths, choices } = state;
  if (!matches) return '';
  const weight = matchedWeight(tree, widths.weight, matches, choices.zoom);
  return weight === 0 ? 'nothing found' : `${percent(weight, widths.weight[choices.zoom]!)} found`;
}

/** The round of a series that the picture and the table below show. */
function roundChoice(state: State): HTMLElement[] {
  const { series } = state.data;
  if (!series) return [];
  const options = series.rounds.flatMap(({ number, time, hasStacks }, round) =>
    hasStacks ? [[`${round}`, `${number}, ${time.slice(11, 19)}`] as const] : [],
  );
  const chosen = () => `${state.choices.round}`;
  return [listChoice(state, { id: 'round', title: 'Round', options, chosen, choose: (round) => state.choose({ round: Number(round) }) })];
}

/** The label whose memory the picture and the table show; nothing if there are no labels. */
function labelChoice(state: State): HTMLElement[] {
  const { cells, names } = state.data;
  if (!cells.label) return [];
  const options = labelsBySize(cells).map((label) => [`${label}`, names[label]!] as const);
  return [
    listChoice(state, {
      id: 'label',
      title: 'Label',
      options: [[ALL, ALL], ...options],
      chosen: () => (state.choices.label === null ? ALL : `${state.choices.label}`),
      choose: (label) => state.choose({ label: label === ALL ? null : Number(label) }),
    }),
  ];
}

/** A choice as radio buttons; the first value is selected. */
function choice<Value extends string>(
  title: string,
  name: string,
  options: readonly (readonly [Value, string])[],
  choose: (value: Value) => void,
): HTMLElement {
  const buttons = options.map(([value, label], index) => {
    const input = element('input', { type: 'radio', name, value, checked: index === 0 });
    input.addEventListener('change', () => choose(value));
    return element('label', {}, input, element('span', {}, label));
  });
  return element('fieldset', { class: 'choice' }, element('legend', {}, title), ...buttons);
}
