const UNIT = 1024;
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const MOST_TICKS = 5;

/** Round sizes from 0 to at most `most` bytes, for the lines of a scale. */
export function ticksUpTo(most: number): number[] {
  for (let unit = 1; ; unit *= UNIT) {
    const step = STEPS.find((one) => most < (MOST_TICKS + 1) * one * unit);
    if (step !== undefined) return Array.from({ length: Math.floor(most / (step * unit)) + 1 }, (_, i) => i * step * unit);
  }
}

/** A rectangle in pixels. */
export interface Bar {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** All bars as one path: a picture of 200 rounds has some thousand of them. */
export function barsPath(bars: readonly Bar[]): string {
  return bars
    .filter(({ height }) => height > 0)
    .map(({ left, top, width, height }) => `M${fixed(left)} ${fixed(top)}h${fixed(width)}v${fixed(height)}h${fixed(-width)}z`)
    .join('');
}

/** The upper edges of bars, which part them from what is above. */
export function edgesPath(bars: readonly Bar[]): string {
  return bars.map(({ left, top, width }) => `M${fixed(left)} ${fixed(top)}h${fixed(width)}`).join('');
}

/** The width of the picture, and the place of each round in it, in pixels. */
export interface Columns {
  readonly slot: number;
  readonly width: number;
  left(round: number): number;
}

const WIDEST = 96;
const GAP = 0.18;

/** Where columns stand, in pixels. */
interface Span {
  readonly from: number;
  readonly to: number;
  /** Narrower columns have no gaps between them. */
  readonly narrow: number;
}

/** Columns of equal width. */
export function columnsIn({ from, to, narrow }: Span, rounds: number): Columns {
  const slot = (to - from) / rounds;
  const width = Math.min(WIDEST, slot < narrow ? slot : slot * (1 - GAP));
  return { slot, width, left: (round) => from + slot * round + (slot - width) / 2 };
}

/** In the range of a line, a change of less than this share of the largest value is drawn small: it means little. */
const LEAST_RANGE = 0.2;

/** A line through the values, as a path of so many pixels. */
export function linePath(values: readonly number[], { width, height }: { readonly width: number; readonly height: number }): string {
  const [most, least] = [Math.max(...values), Math.min(...values)];
  const range = Math.max(most - least, LEAST_RANGE * most) || 1;
  const middle = (most + least) / 2;
  const x = (i: number) => (values.length < 2 ? width / 2 : (i * width) / (values.length - 1));
  const y = (value: number) => height * (0.5 - (value - middle) / range);
  return values.map((value, i) => `${i === 0 ? 'M' : 'L'}${fixed(x(i))} ${fixed(y(value))}`).join('');
}

/** Where the line ends. */
export function endOfLine(values: readonly number[], size: { readonly width: number; readonly height: number }): readonly [number, number] {
  const [x, y] = linePath(values, size).split(/[ML]/).at(-1)!.split(' ');
  return [Number(x), Number(y)];
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
