import { fnv1a } from '../../../text/fnv-hash.js';
import type { Origin } from './frames.js';

export type Theme = 'light' | 'dark';
type Rgb = readonly [red: number, green: number, blue: number];

/** The range of hues for each origin, from which the name chooses; saturation in percent. */
const HUES: Readonly<Record<Origin, readonly [from: number, to: number, saturation: number]>> = {
  program: [24, 46, 88],
  package: [95, 185, 42],
  node: [212, 232, 40],
  engine: [0, 0, 0],
};
/** In percent. `TEXT` has a contrast of at least 4.5 on any of these. */
const LIGHTNESS: Readonly<Record<Theme, readonly [from: number, to: number]>> = { light: [70, 78], dark: [22, 28] };

export const TEXT: Readonly<Record<Theme, Rgb>> = { light: [27, 27, 31], dark: [242, 242, 245] };
const FOUND: Readonly<Record<Theme, Rgb>> = { light: [226, 140, 236], dark: [130, 34, 142] };
const NEUTRAL: Readonly<Record<Theme, Rgb>> = { light: [226, 226, 230], dark: [58, 58, 66] };
/** The ends of the scale of changes. Red and blue can be told apart with any kind of colour blindness. */
const GREW: Readonly<Record<Theme, Rgb>> = { light: [236, 112, 92], dark: [168, 44, 32] };
const SHRANK: Readonly<Record<Theme, Rgb>> = { light: [104, 168, 222], dark: [30, 92, 150] };

/** The colour of a frame by the origin of its code. The name chooses the shade, so that neighbours differ. */
export function frameColor(origin: Origin, name: string, theme: Theme): Rgb {
  const [from, to, saturation] = HUES[origin];
  const [darkest, lightest] = LIGHTNESS[theme];
  const shade = hashOf(name);
  return fromHsl(from + (to - from) * shade, saturation, darkest + (lightest - darkest) * ((shade * 7) % 1));
}

/** @param change from -1, the largest shrinkage, to 1, the largest growth */
export function changeColor(change: number, theme: Theme): Rgb {
  const end = change > 0 ? GREW[theme] : SHRANK[theme];
  const part = Math.min(1, Math.sqrt(Math.abs(change)));
  return mixed(NEUTRAL[theme], end, part);
}

export function foundColor(theme: Theme): Rgb {
  return FOUND[theme];
}

/** For frames that a search does not find, frames without a change, and boxes with several frames that are too narrow to draw alone. */
export function neutralColor(theme: Theme): Rgb {
  return NEUTRAL[theme];
}

export function css([red, green, blue]: Rgb): string {
  return `rgb(${red} ${green} ${blue})`;
}

function mixed(one: Rgb, other: Rgb, part: number): Rgb {
  const [red, green, blue] = [0, 1, 2].map((channel) => Math.round(one[channel]! + (other[channel]! - one[channel]!) * part));
  return [red!, green!, blue!];
}

/** A number from 0 to 1. */
function hashOf(text: string): number {
  return (fnv1a(text) >>> 8) / 2 ** 24;
}

function fromHsl(hue: number, saturation: number, lightness: number): Rgb {
  const [s, l] = [saturation / 100, lightness / 100];
  const channel = (offset: number) => {
    const k = (offset + hue / 30) % 12;
    return Math.round(255 * (l - s * Math.min(l, 1 - l) * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
