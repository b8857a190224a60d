import { formatSize } from '../../../text/size-format.js';
import type { FleetRelease } from '../../call-tree/fleet-data.js';
import { ticksUpTo } from '../view/chart-shapes.js';
import { type Picture, placeIn, rangeOf, timeLine, timeTicks } from '../view/time-lines.js';
import { drawing, element, onceAFrame } from './dom.js';

const HEIGHT = 250;
/** Room for the letters at the right, the sizes at the left and the times below. */
const MARGIN = { top: 10, right: 26, bottom: 26, left: 72 };
const TICK_WIDTH = 90;

/** Bytes a process over time, a line for each release. The table below it has all figures. */
export class HistoryChart {
  readonly root = element('div', { class: 'rounds history' });
  readonly #releases: readonly FleetRelease[];
  readonly #picture = drawing('svg', { 'aria-hidden': 'true', height: HEIGHT });
  readonly #redraw = onceAFrame(() => this.#draw());
  #width = 0;

  constructor(releases: readonly FleetRelease[]) {
    this.#releases = releases;
    this.root.append(this.#picture);
    new ResizeObserver(([entry]) => {
      this.#width = entry!.contentRect.width;
      this.#redraw();
    }).observe(this.root);
  }

  #draw(): void {
    if (this.#width < MARGIN.left + MARGIN.right) return;
    this.#picture.setAttribute('width', String(this.#width));
    const picture: Picture = {
      ...rangeOf(this.#releases.map(({ points }) => points)),
      left: MARGIN.left,
      right: this.#width - MARGIN.right,
      top: MARGIN.top,
      bottom: HEIGHT - MARGIN.bottom,
    };
    this.#picture.replaceChildren(...scale(picture), ...this.#releases.flatMap((release, index) => lineOf(picture, release, index)));
  }
}

/** The letter of a release: as many as the picture has colours have one of their own. */
export function releaseLetter(index: number): string {
  return String.fromCharCode(65 + (index % 26));
}

export function releaseClass(index: number): string {
  return `layer-${index % 8}`;
}

function scale(picture: Picture): SVGElement[] {
  const { left, right, bottom } = picture;
  const sizes = ticksUpTo(picture.most).flatMap((size) => {
    const y = Math.round(placeIn(picture, { timeMs: picture.fromMs, size })[1]) + 0.5;
    return [
      drawing('path', { class: 'grid', d: `M${left} ${y}H${right}` }),
      drawing('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, formatSize(size)),
    ];
  });
  const times = timeTicks(picture, Math.max(1, Math.floor((right - left) / TICK_WIDTH))).map(({ timeMs, text }) =>
    drawing('text', { x: placeIn(picture, { timeMs, size: 0 })[0], y: bottom + 17, 'text-anchor': 'middle' }, text),
  );
  return [...sizes, ...times];
}

function lineOf(picture: Picture, { points }: FleetRelease, index: number): SVGElement[] {
  const [x, y] = placeIn(picture, points.at(-1)!);
  return [
    drawing('path', { class: `release ${releaseClass(index)}`, d: timeLine(picture, points) }),
    drawing('text', { class: 'letter', x: x + 5, y: y + 4 }, releaseLetter(index)),
  ];
}
