import { formatSize } from '../../../text/size-format.js';
import { type Bar, barsPath, type Columns, columnsIn, edgesPath, ticksUpTo } from '../view/chart-shapes.js';
import { letterOf } from '../view/growth-view.js';
import { drawing, element, onceAFrame } from './dom.js';
import type { SeriesState } from './series-state.js';

const HEIGHT = 250;
/** Room for the letters at the right, the sizes at the left and the numbers of the rounds below. */
const MARGIN = { top: 10, right: 26, bottom: 40, left: 72 };
const BOTTOM = HEIGHT - MARGIN.bottom;
const NUMBER_WIDTH = 36;
const NOTE_WIDTH = 62;
/** A lower layer has no room for its letter. */
const LETTER_HEIGHT = 10;
/** Narrower columns with gaps would flicker. */
const NARROW = 16;
const HELP = 'The arrow keys choose the round that the flame graph and the table below show. The table of rounds has all figures.';

/** Bytes by round, stacked by group. For keyboards and screen readers it is a slider that chooses the round. */
export class RoundChart {
  readonly root = element('div', {
    class: 'rounds',
    role: 'slider',
    tabindex: 0,
    'aria-label': 'Round',
    'aria-description': HELP,
    'aria-orientation': 'horizontal',
    'aria-valuemin': 1,
  });
  readonly #series: SeriesState;
  readonly #picture = drawing('svg', { 'aria-hidden': 'true', height: HEIGHT });
  readonly #show: (round: number, layer: number | null) => void;
  readonly #redraw = onceAFrame(() => this.#draw());
  #width = 0;

  /** @param show is called with what is under the pointer, or else with the chosen round */
  constructor(series: SeriesState, show: (round: number, layer: number | null) => void) {
    this.#series = series;
    this.#show = show;
    this.root.append(this.#picture);
    this.root.setAttribute('aria-valuemax', String(series.series.rounds.at(-1)!.number));
    this.#announce();
    this.root.addEventListener('keydown', (event) => this.#press(event));
    this.#picture.addEventListener('pointermove', (event) => this.#point(event));
    this.#picture.addEventListener('pointerleave', () => show(series.state.choices.round, null));
    this.#picture.addEventListener('click', (event) => this.#choose(this.#roundAt(event.offsetX)));
    new ResizeObserver(([entry]) => {
      this.#width = entry!.contentRect.width;
      this.#redraw();
    }).observe(this.root);
    series.state.onChange((changed) => {
      if (changed.has('round')) this.#announce();
      this.#redraw();
    });
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { choosable, state } = this.#series;
    const at = choosable.indexOf(state.choices.round);
    const page = Math.max(1, Math.round(choosable.length / 10));
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowDown: -1,
      ArrowRight: 1,
      ArrowUp: 1,
      PageDown: -page,
      PageUp: page,
      Home: -at,
      End: choosable.length - 1 - at,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.#choose(choosable[Math.max(0, Math.min(choosable.length - 1, at + step))]!);
  }

  /** The nearest round that can be chosen. */
  #choose(round: number): void {
    const nearest = this.#series.choosable.reduce((best, one) => (Math.abs(one - round) < Math.abs(best - round) ? one : best));
    this.#series.state.choose({ round: nearest });
  }

  #announce(): void {
    const { state, series } = this.#series;
    const { round } = state.choices;
    this.root.setAttribute('aria-valuenow', String(series.rounds[round]!.number));
    this.root.setAttribute('aria-valuetext', this.#series.roundText(round));
    this.#show(round, null);
  }

  #point({ offsetX, offsetY }: PointerEvent): void {
    const round = this.#roundAt(offsetX);
    const bytes = ((BOTTOM - offsetY) / (BOTTOM - MARGIN.top)) * this.#most();
    let below = 0;
    const layer = this.#series.layers.findIndex(({ sizes }) => {
      below += sizes[round]!;
      return bytes >= 0 && bytes < below;
    });
    this.#show(round, layer === -1 ? null : layer);
  }

  #roundAt(x: number): number {
    const last = this.#series.series.rounds.length - 1;
    return Math.max(0, Math.min(last, Math.floor((x - MARGIN.left) / this.#columns().slot)));
  }

  #columns(): Columns {
    return columnsIn({ from: MARGIN.left, to: this.#width - MARGIN.right, narrow: NARROW }, this.#series.series.rounds.length);
  }

  /** The bytes at the top of the picture. */
  #most(): number {
    return Math.max(1, ...this.#series.series.rounds.map(({ traced }) => traced)) * 1.04;
  }

  #draw(): void {
    if (this.#width < MARGIN.left + MARGIN.right) return;
    this.#picture.setAttribute('width', String(this.#width));
    const columns = this.#columns();
    this.#picture.replaceChildren(...this.#scale(), ...this.#stack(columns), ...this.#numbers(columns), this.#mark(columns));
  }

  #y(bytes: number): number {
    return BOTTOM - (bytes / this.#most()) * (BOTTOM - MARGIN.top);
  }

  #scale(): SVGElement[] {
    return ticksUpTo(this.#most()).flatMap((bytes) => {
      const y = Math.round(this.#y(bytes)) + 0.5;
      return [
        drawing('path', { class: 'grid', d: `M${MARGIN.left} ${y}H${this.#width - MARGIN.right}` }),
        drawing('text', { x: MARGIN.left - 8, y: y + 4, 'text-anchor': 'end' }, formatSize(bytes)),
      ];
    });
  }

  #stack(columns: Columns): SVGElement[] {
    const { layers, series } = this.#series;
    const below = series.rounds.map(() => 0);
    return layers.flatMap(({ row, sizes }, index) => {
      const bars = sizes.map((size, round): Bar => {
        const [from, to] = [below[round]!, below[round]! + size];
        below[round] = to;
        return { left: columns.left(round), width: columns.width, top: this.#y(to), height: this.#y(from) - this.#y(to) };
      });
      const parts = [bars.slice(0, series.warmup), bars.slice(series.warmup)].map((part, i) =>
        drawing('path', { class: `layer ${layerClass(row === null ? null : index)}${i === 0 ? ' warm-up' : ''}`, d: barsPath(part) }),
      );
      parts.push(drawing('path', { class: 'edge', d: edgesPath(bars) }));
      const { left, width, top, height } = bars.at(-1)!;
      if (height < LETTER_HEIGHT) return parts;
      return [...parts, drawing('text', { class: 'letter', x: left + width + 5, y: top + height / 2 + 4 }, letterOf(layers, index))];
    });
  }

  #numbers({ left, width, slot }: Columns): SVGElement[] {
    const { rounds, warmup } = this.#series.series;
    const each = Math.ceil(NUMBER_WIDTH / slot);
    return rounds.flatMap(({ number }, round) => {
      if ((rounds.length - 1 - round) % each !== 0) return [];
      const at = { x: left(round) + width / 2, 'text-anchor': 'middle' };
      const text = drawing('text', { ...at, y: BOTTOM + 17 }, String(number));
      return round < warmup && slot >= NOTE_WIDTH ? [text, drawing('text', { ...at, y: BOTTOM + 33 }, 'warm-up')] : [text];
    });
  }

  /** The chosen round has a frame, and a triangle below its number. */
  #mark({ left, width }: Columns): SVGElement {
    const { round } = this.#series.state.choices;
    const [x, right] = [left(round) - 2, left(round) + width + 2];
    const middle = (x + right) / 2;
    const frame = `M${x} ${BOTTOM + 2}V${MARGIN.top - 6}H${right}V${BOTTOM + 2}z`;
    const triangle = `M${middle} ${BOTTOM + 22}l6 9h-12z`;
    return drawing('g', { class: 'mark' }, drawing('path', { d: frame }), drawing('path', { class: 'triangle', d: triangle }));
  }
}

/** @param index null: the rest */
export function layerClass(index: number | null): string {
  return `layer-${index ?? 'rest'}`;
}
