interface Point {
  readonly timeMs: number;
  readonly size: number;
}

/** The range of a picture in its own units, and in pixels. */
export interface Picture {
  readonly fromMs: number;
  readonly toMs: number;
  /** Bytes at the top. The bottom is 0. */
  readonly most: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The range that has all points. */
export function rangeOf(lines: readonly (readonly Point[])[]): Pick<Picture, 'fromMs' | 'toMs' | 'most'> {
  const points = lines.flat();
  const times = points.map(({ timeMs }) => timeMs);
  const [fromMs, toMs] = [Math.min(...times), Math.max(...times)];
  return { fromMs, toMs: Math.max(toMs, fromMs + 1), most: Math.max(1, ...points.map(({ size }) => size)) * 1.04 };
}

export function placeIn(
  { fromMs, toMs, most, left, right, top, bottom }: Picture,
  { timeMs, size }: Point,
): readonly [x: number, y: number] {
  const x = left + ((timeMs - fromMs) / (toMs - fromMs)) * (right - left);
  return [Math.round(100 * x) / 100, Math.round(100 * (bottom - (size / most) * (bottom - top))) / 100];
}

/** A line through the points as a path; one point alone is a short stroke. */
export function timeLine(picture: Picture, points: readonly Point[]): string {
  const places = points.map((point) => placeIn(picture, point).join(' '));
  return places.length === 1 ? `M${places[0]}h3` : `M${places.join('L')}`;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const STEPS: readonly number[] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * MINUTE);

/** Round moments for the scale of times, in UTC, with their text: at most so many. */
export function timeTicks(
  { fromMs, toMs }: Pick<Picture, 'fromMs' | 'toMs'>,
  most: number,
): { readonly timeMs: number; readonly text: string }[] {
  const span = toMs - fromMs;
  const step = STEPS.find((one) => span / one <= most) ?? DAY * Math.max(1, Math.ceil(span / DAY / most));
  const first = Math.ceil(fromMs / step) * step;
  const count = Math.max(0, Math.floor((toMs - first) / step) + 1);
  return Array.from({ length: count }, (_, i) => ({ timeMs: first + i * step, text: timeText(first + i * step, step) }));
}

function timeText(timeMs: number, step: number): string {
  const iso = new Date(timeMs).toISOString();
  return step >= DAY || timeMs % DAY === 0 ? iso.slice(5, 10) : iso.slice(11, 16);
}
