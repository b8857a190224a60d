import { element } from './dom.js';
import type { State } from './page-state.js';

interface ListChoice {
  readonly id: string;
  readonly title: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  /** The value of the state. */
  readonly chosen: () => string;
  readonly choose: (value: string) => void;
}

/** A choice as a list. It follows the state, which something else may change, too. */
export function listChoice(state: State, { id, title, options, chosen, choose }: ListChoice): HTMLElement {
  const select = element('select', { id }, ...options.map(([value, text]) => element('option', { value }, text)));
  const show = () => {
    select.value = chosen();
  };
  show();
  select.addEventListener('change', () => choose(select.value));
  state.onChange(show);
  return element('label', { class: 'list-choice', for: id }, title, select);
}
