import { type Box, sumsOf } from '../view/layout.js';
import { changeColor, css, foundColor, frameColor, neutralColor, TEXT, type Theme } from '../view/palette.js';
import { isFound } from '../view/search.js';
import type { State } from './page-state.js';

export const ROW_HEIGHT = 22;
const FONT = '12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';
/** A shorter label would tell nothing. */
const SHORTEST_LABEL = 3;

export interface Picture {
  readonly boxes: readonly Box[];
  /** The rows of the whole picture, of which only some are visible. */
  readonly rows: number;
  readonly scrollTop: number;
  readonly width: number;
  readonly height: number;
  readonly current: number | null;
  /** By frame: 1 if it belongs to the selected row of the table. */
  readonly selected: Uint8Array | null;
}

/** Draws on a canvas: 20,000 stacks make some thousand boxes, too many elements to move during a zoom. */
export class Painter {
  readonly #state: State;
  readonly #context: CanvasRenderingContext2D;
  readonly #letter: number;
  readonly #isDark = matchMedia('(prefers-color-scheme: dark)');
  readonly #colors = new Map<number, string>();
  #largestChange = 1;

  constructor(state: State, canvas: HTMLCanvasElement) {
    this.#state = state;
    this.#context = canvas.getContext('2d', { alpha: false })!;
    this.#context.font = FONT;
    this.#letter = this.#context.measureText('m').width || 7;
    const { tree } = state;
    for (let node = 0; node < tree.length; node++) this.#largestChange = Math.max(this.#largestChange, Math.abs(tree.sums.change(node)));
  }

  paint(picture: Picture): void {
    const context = this.#context;
    const { width, height } = picture;
    const ratio = devicePixelRatio || 1;
    const { canvas } = context;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    }
    const theme: Theme = this.#isDark.matches ? 'dark' : 'light';
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.font = FONT;
    context.textBaseline = 'middle';
    context.direction = 'ltr';
    context.fillStyle = theme === 'dark' ? '#1c1c20' : '#ffffff';
    context.fillRect(0, 0, width, height);
    for (const box of picture.boxes) {
      const top = topOf(box.depth, picture, this.#state.choices.direction);
      if (top + ROW_HEIGHT > 0 && top < height) this.#paintBox(box, { top, theme, picture });
    }
  }

  #paintBox(box: Box, { top, theme, picture }: { top: number; theme: Theme; picture: Picture }): void {
    const context = this.#context;
    const gap = box.right - box.left > 3 ? 1 : 0;
    const width = box.right - box.left - gap;
    context.fillStyle = this.#color(box, theme);
    context.fillRect(box.left, top, width, ROW_HEIGHT - 1);
    const frame = this.#state.tree.frame[box.node]!;
    if (picture.selected?.[frame] === 1 && box.nodes === 1) this.#outline(box, top, theme === 'dark' ? '#ffffff' : '#1b1b1f', 1.5);
    if (picture.current === box.node && box.nodes === 1) this.#outline(box, top, theme === 'dark' ? '#8ab4ff' : '#0b57d0', 3);
    const letters = Math.floor((width - 8) / this.#letter);
    if (letters < SHORTEST_LABEL) return;
    const label = box.nodes > 1 ? `${box.nodes} smaller` : box.node === 0 ? 'all' : this.#state.names.shortLabel(frame);
    context.fillStyle = css(TEXT[theme]);
    context.fillText(label.length > letters ? `${label.slice(0, letters - 1)}…` : label, box.left + 4, top + ROW_HEIGHT / 2, width - 8);
  }

  #outline(box: Box, top: number, color: string, width: number): void {
    this.#context.strokeStyle = color;
    this.#context.lineWidth = width;
    this.#context.strokeRect(box.left + width / 2, top + width / 2, Math.max(1, box.right - box.left - 1 - width), ROW_HEIGHT - 1 - width);
  }

  #color(box: Box, theme: Theme): string {
    const { matches, isDiff } = this.#state;
    if (matches) return css(isFound(matches, box) ? foundColor(theme) : neutralColor(theme));
    if (isDiff) return this.#changeColor(box, theme);
    return box.nodes > 1 || box.node === 0 ? css(neutralColor(theme)) : this.#originColor(box.node, theme);
  }

  #changeColor(box: Box, theme: Theme): string {
    const { tree, widths } = this.#state;
    const [sums, at] = box.nodes > 1 ? [sumsOf(tree, widths, box), 0] : [tree.sums, box.node];
    return css(sums.isNoise(at) ? neutralColor(theme) : changeColor(sums.change(at) / this.#largestChange, theme));
  }

  #originColor(node: number, theme: Theme): string {
    const { tree, names } = this.#state;
    const frame = tree.frame[node]!;
    const key = 2 * frame + Number(theme === 'dark');
    let color = this.#colors.get(key);
    if (color === undefined) {
      color = css(frameColor(names.origin(frame), names.label(frame), theme));
      this.#colors.set(key, color);
    }
    return color;
  }
}

/** The top of the row of a depth, in pixels from the top of the visible part. */
function topOf(depth: number, { rows, scrollTop }: Pick<Picture, 'rows' | 'scrollTop'>, direction: 'flame' | 'icicle'): number {
  return (direction === 'flame' ? rows - 1 - depth : depth) * ROW_HEIGHT - scrollTop;
}

/** The depth of the row at `y` pixels below the top of the visible part. */
export function depthAt(y: number, { rows, scrollTop }: Pick<Picture, 'rows' | 'scrollTop'>, direction: 'flame' | 'icicle'): number {
  const row = Math.floor((y + scrollTop) / ROW_HEIGHT);
  return direction === 'flame' ? rows - 1 - row : row;
}
