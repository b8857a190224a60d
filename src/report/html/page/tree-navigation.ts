import { visibleChildren } from '../view/layout.js';
import { element } from './dom.js';
import { nodeFigures } from './figures.js';
import type { State } from './page-state.js';

const LABEL = 'Bytes by call stack';
const HELP =
  'Arrow keys move between callers, callees and neighbours. Enter zooms to a frame, Backspace to its caller, Escape back to all. Slash goes to the search.';

/** The tree for keyboards and screen readers: one element for the current frame instead of thousands of boxes. */
export class TreeNavigation {
  readonly root = element('div', {
    class: 'scroller',
    role: 'tree',
    tabindex: 0,
    'aria-label': LABEL,
    'aria-description': HELP,
  });
  current = 0;
  readonly #state: State;
  readonly #item = element('div', { class: 'visually-hidden' });
  readonly #moved: (node: number) => void;
  #moves = 0;

  /** @param moved is called with the new current node */
  constructor(state: State, moved: (node: number) => void) {
    this.#state = state;
    this.#moved = moved;
    this.root.append(this.#item);
    this.#announce();
    this.root.addEventListener('keydown', (event) => this.#press(event));
    this.root.addEventListener('focus', () => moved(this.current));
    this.root.addEventListener('blur', () => moved(this.current));
    state.onChange((changed) => {
      if (changed.has('zoom') && !this.#isInZoom(this.current)) this.goTo(state.choices.zoom);
      else if (changed.has('widths')) this.#stayVisible();
    });
  }

  goTo(node: number): void {
    this.current = node;
    this.#announce();
    this.#moved(node);
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') this.#state.choose({ zoom: this.current });
    else if (event.key === 'Escape') this.#state.choose({ zoom: 0 });
    else if (event.key === 'Backspace') this.#state.choose({ zoom: Math.max(0, this.#state.tree.parent[this.#state.choices.zoom]!) });
    else {
      const next = this.#nextOf(event.key);
      if (next === undefined) return;
      this.goTo(next);
    }
    event.preventDefault();
  }

  /** The node to which a key leads. The current node if there is nothing in that direction; undefined for other keys. */
  #nextOf(key: string): number | undefined {
    const { tree, widths, choices } = this.#state;
    const { current } = this;
    const parent = tree.parent[current]!;
    const [up, down] = choices.direction === 'flame' ? ['callee', 'caller'] : ['caller', 'callee'];
    const siblings = () => (current === choices.zoom || parent === -1 ? [current] : visibleChildren(tree, widths, parent));
    switch (key === 'ArrowUp' ? up : key === 'ArrowDown' ? down : key) {
      case 'callee':
        return visibleChildren(tree, widths, current)[0] ?? current;
      case 'caller':
        return Math.max(0, parent);
      case 'ArrowLeft':
        return siblings()[siblings().indexOf(current) - 1] ?? current;
      case 'ArrowRight':
        return siblings()[siblings().indexOf(current) + 1] ?? current;
      case 'Home':
        return choices.zoom;
    }
    return undefined;
  }

  /** Creates a new element with a new name each time, because a screen reader speaks when the name changes. */
  #announce(): void {
    const { tree, widths } = this.#state;
    const parent = tree.parent[this.current]!;
    const siblings = parent === -1 ? [this.current] : visibleChildren(tree, widths, parent);
    const id = `frame-${this.#moves++}`;
    const item = element('div', {
      id,
      role: 'treeitem',
      'aria-level': tree.depth[this.current]! + 1,
      'aria-setsize': siblings.length,
      'aria-posinset': siblings.indexOf(this.current) + 1,
      'aria-selected': 'true',
      'aria-label': `${this.#state.nodeLabel(this.current)}, ${nodeFigures(this.#state, this.current)}`,
    });
    if (visibleChildren(tree, widths, this.current).length > 0) item.setAttribute('aria-expanded', 'true');
    this.#item.replaceChildren(item);
    this.root.setAttribute('aria-activedescendant', id);
  }

  /** If the current node has no width in the new measure, moves to its nearest caller that has one. */
  #stayVisible(): void {
    const { tree, widths } = this.#state;
    let node = this.current;
    while (node !== 0 && widths.weight[node] === 0) node = tree.parent[node]!;
    if (node === this.current) this.#announce();
    else this.goTo(node);
  }

  #isInZoom(node: number): boolean {
    const { zoom } = this.#state.choices;
    return node >= zoom && node < this.#state.tree.end[zoom]!;
  }
}
