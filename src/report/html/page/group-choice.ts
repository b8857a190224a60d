import { GROUP_NAMES, type GroupKey, groupKeysOf } from '../view/row-groups.js';
import { listChoice } from './list-choice.js';
import type { State } from './page-state.js';

/** The choice of the group key. A series has two of them, which agree. */
export function groupChoice(state: State, id: string): HTMLElement {
  return listChoice(state, {
    id,
    title: 'Group by',
    options: groupKeysOf(state.data.cells).map((key) => [key, GROUP_NAMES[key]]),
    chosen: () => state.choices.groupBy,
    choose: (key) => state.choose({ groupBy: key as GroupKey, row: null }),
  });
}
