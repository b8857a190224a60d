import { pathTo } from '../view/page-tree.js';
import { element } from './dom.js';
import { nodeFigures } from './figures.js';
import type { State } from './page-state.js';

/** The line below the picture: the frame under the pointer, and the path to the zoomed frame. */
export class Details {
  readonly root: HTMLElement;
  readonly #state: State;
  readonly #name = element('bdi', { class: 'name' });
  readonly #figures = element('span', { class: 'figures' });
  readonly #path = element('nav', { class: 'path', 'aria-label': 'Zoomed to' });

  constructor(state: State) {
    this.#state = state;
    this.root = element('div', { class: 'details' }, element('p', { class: 'pointed' }, this.#name, ' ', this.#figures), this.#path);
    this.show(null);
    state.onChange((changed) => {
      if (changed.has('zoom') || changed.has('widths')) this.show(null);
      if (changed.has('zoom')) this.#showPath();
    });
  }

  /** @param node null for the zoomed node */
  show(node: number | null): void {
    const shown = node ?? this.#state.choices.zoom;
    this.#name.textContent = this.#state.nodeLabel(shown);
    this.#figures.textContent = nodeFigures(this.#state, shown);
  }

  #showPath(): void {
    const { zoom } = this.#state.choices;
    const steps = pathTo(this.#state.tree, zoom).slice(0, -1);
    const shown = steps.length > 6 ? [steps[0]!, ...steps.slice(-5)] : steps;
    this.#path.replaceChildren(
      ...shown.flatMap((node, index) => {
        const button = element(
          'button',
          { type: 'button', class: 'plain' },
          element('bdi', {}, node === 0 ? 'all' : this.#state.names.functionName(this.#state.tree.frame[node]!)),
        );
        button.addEventListener('click', () => this.#state.choose({ zoom: node }));
        return [button, index === 0 && steps.length > shown.length ? ' › … › ' : ' › '];
      }),
      ...(zoom === 0 ? [] : [element('bdi', {}, this.#state.names.functionName(this.#state.tree.frame[zoom]!))]),
    );
  }
}
