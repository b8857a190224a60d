import { type Box, boxesOf, type Span, spanOf } from '../view/layout.js';
import { isLocation } from '../view/row-groups.js';
import { element, onceAFrame } from './dom.js';
import { legend } from './legend.js';
import type { State } from './page-state.js';
import { depthAt, Painter, type Picture, ROW_HEIGHT } from './painter.js';
import { TreeNavigation } from './tree-navigation.js';

const ZOOM_MS = 180;

/** The flame graph or icicle: a canvas, which keyboards and screen readers use as a tree. */
export class Graph {
  readonly root: HTMLElement;
  readonly #state: State;
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #space = element('div', { class: 'space', role: 'presentation' }, this.#canvas);
  readonly #navigation: TreeNavigation;
  readonly #scroller: HTMLElement;
  readonly #painter: Painter;
  readonly #redraw = onceAFrame(() => this.#draw());
  #picture: Picture = { boxes: [], rows: 1, scrollTop: 0, width: 0, height: 0, current: null, selected: null };
  #span: Span;
  #selected: Uint8Array | null = null;
  #animation = 0;

  /** @param show is called with the node under the pointer, or null */
  constructor(state: State, show: (node: number | null) => void) {
    this.#state = state;
    this.#span = spanOf(state.widths, 0);
    this.#navigation = new TreeNavigation(state, (node) => {
      show(node);
      this.#reveal(node);
      this.#redraw();
    });
    this.#scroller = this.#navigation.root;
    this.#scroller.append(this.#space);
    this.#painter = new Painter(state, this.#canvas);
    this.root = element('div', { class: 'graph' }, this.#scroller, legend(state));
    this.#listen(show);
  }

  #listen(show: (node: number | null) => void): void {
    const state = this.#state;
    this.#scroller.addEventListener('scroll', this.#redraw);
    new ResizeObserver(() => this.#layout()).observe(this.#scroller);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', this.#redraw);
    this.#canvas.addEventListener('pointermove', (event) => {
      const box = this.#boxAt(event);
      this.#canvas.classList.toggle('on-box', box !== undefined);
      show(box?.nodes === 1 ? box.node : null);
    });
    this.#canvas.addEventListener('pointerleave', () => show(null));
    this.#canvas.addEventListener('click', (event) => {
      const box = this.#boxAt(event);
      if (box?.nodes !== 1) return;
      this.#navigation.goTo(box.node);
      state.choose({ zoom: box.node });
    });
    state.onChange((changed) => {
      if (changed.has('row')) this.#selected = selectedFrames(state);
      if (changed.has('zoom') || changed.has('widths')) this.#zoom(changed.has('widths'));
      else if (changed.has('direction')) this.#scroller.scrollTop = state.choices.direction === 'flame' ? this.#scroller.scrollHeight : 0;
      this.#redraw();
    });
  }

  /** Moves the picture to the zoomed node. */
  #zoom(areOtherWidths: boolean): void {
    cancelAnimationFrame(this.#animation);
    const [from, to] = [this.#span, spanOf(this.#state.widths, this.#state.choices.zoom)];
    if (areOtherWidths || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.#span = to;
      this.#layout();
      return;
    }
    const begin = performance.now();
    const step = (now: number) => {
      const part = Math.min(1, Math.max(0, (now - begin) / ZOOM_MS));
      const eased = 1 - (1 - part) ** 3;
      this.#span = part === 1 ? to : { from: from.from + (to.from - from.from) * eased, to: from.to + (to.to - from.to) * eased };
      this.#layout();
      if (part < 1) this.#animation = requestAnimationFrame(step);
    };
    this.#animation = requestAnimationFrame(step);
  }

  #layout(): void {
    const width = this.#scroller.clientWidth;
    if (width === 0) return;
    const { tree, widths, choices } = this.#state;
    const boxes = boxesOf(tree, widths, this.#span, width);
    const rows = boxes.reduce((deepest, { depth }) => Math.max(deepest, depth + 1), 1);
    const isOtherHeight = rows !== this.#picture.rows;
    const seen = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.#picture = { ...this.#picture, boxes, rows, width };
    this.#space.style.height = `${rows * ROW_HEIGHT}px`;
    // A flame grows from the bottom, so keep the distance to the bottom.
    if (isOtherHeight)
      this.#scroller.scrollTop = choices.direction === 'flame' ? this.#scroller.scrollHeight - seen : this.#scroller.scrollTop;
    this.#draw();
  }

  #draw(): void {
    const { width, rows } = this.#picture;
    if (width === 0) return;
    const height = Math.min(this.#scroller.clientHeight, rows * ROW_HEIGHT);
    this.#canvas.style.width = `${width}px`;
    this.#canvas.style.height = `${height}px`;
    this.#picture = {
      ...this.#picture,
      height,
      scrollTop: this.#scroller.scrollTop,
      current: document.activeElement === this.#scroller ? this.#navigation.current : null,
      selected: this.#selected,
    };
    this.#painter.paint(this.#picture);
  }

  #boxAt(event: MouseEvent): Box | undefined {
    const depth = depthAt(event.offsetY, this.#picture, this.#state.choices.direction);
    return this.#picture.boxes.find(
      (box) => box.depth === depth && box.left <= event.offsetX && event.offsetX < Math.max(box.right, box.left + 1),
    );
  }

  /** Scrolls to the row of a node. */
  #reveal(node: number): void {
    const { rows } = this.#picture;
    const depth = this.#state.tree.depth[node]!;
    const top = (this.#state.choices.direction === 'flame' ? rows - 1 - depth : depth) * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.#scroller;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.#scroller.scrollTop = top + ROW_HEIGHT - clientHeight;
  }
}

/** By frame: 1 if it belongs to the selected row; null if no row of places is selected. */
function selectedFrames({ places, choices: { row } }: State): Uint8Array | null {
  if (!row || !isLocation(row.key)) return null;
  const { groupOf } = places(row.key);
  const group = groupOf[row.frame];
  return Uint8Array.from(groupOf, (other) => Number(other === group));
}
