import { GROUP_KEYS, GROUP_NAMES, type GroupKey } from '../view/row-groups.js';
import { element } from './dom.js';
import type { State } from './page-state.js';

/** The choice of the group key. A series has two of them, which agree. */
export function groupChoice(state: State, id: string): HTMLElement {
  const select = element('select', { id }, ...GROUP_KEYS.map((key) => element('option', { value: key }, GROUP_NAMES[key])));
  select.value = state.choices.groupBy;
  select.addEventListener('change', () => state.choose({ groupBy: select.value as GroupKey, row: null }));
  state.onChange(() => {
    select.value = state.choices.groupBy;
  });
  return element('label', { class: 'group-by', for: id }, 'Group by', select);
}
