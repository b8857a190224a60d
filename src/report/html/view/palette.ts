import { fnv1a } from '../../../text/fnv-hash.js';
import type { Origin } from './frames.js';

export type Theme = 'light' | 'dark';
type Rgb = readonly [red: number, green: number, blue: number];

/** Hues of a kind of frame, from the first to the second by name; saturation in percent. */
const HUES: Readonly<Record<Origin, readonly [from: number, to: number, saturation: number]>> = {
  program: [24, 46, 88],
  package: [95, 185, 42],
  node: [212, 232, 40],
  engine: [0, 0, 0],
};
/** Percent: text of `TEXT` on any of these has a contrast of at least 4.5. */
const LIGHTNESS: Readonly<Record<Theme, readonly [from: number, to: number]>> = { light: [70, 78], dark: [22, 28] };

export const TEXT: Readonly<Record<Theme, Rgb>> = { light: [27, 27, 31], dark: [242, 242, 245] };
const FOUND: Readonly<Record<Theme, Rgb>> = { light: [226, 140, 236], dark: [130, 34, 142] };
const NEUTRAL: Readonly<Record<Theme, Rgb>> = { light: [226, 226, 230], dark: [58, 58, 66] };
/** Ends of the scale of changes: red and blue, which are told apart with any kind of colour blindness. */
const GREW: Readonly<Record<Theme, Rgb>> = { light: [236, 112, 92], dark: [168, 44, 32] };
const SHRANK: Readonly<Record<Theme, Rgb>> = { light: [104, 168, 222], dark: [30, 92, 150] };

/** Of a frame by where its code comes from; the name chooses the shade, so that neighbours can be told apart. */
export function frameColor(origin: Origin, name: string, theme: Theme): Rgb {
  const [from, to, saturation] = HUES[origin];
  const [darkest, lightest] = LIGHTNESS[theme];
  const shade = hashOf(name);
  return fromHsl(from + (to - from) * shade, saturation, darkest + (lightest - darkest) * ((shade * 7) % 1));
}

/** @param change from -1, the largest loss, to 1, the largest growth */
export function changeColor(change: number, theme: Theme): Rgb {
  const end = change > 0 ? GREW[theme] : SHRANK[theme];
  const part = Math.min(1, Math.sqrt(Math.abs(change)));
  return mixed(NEUTRAL[theme], end, part);
}

export function foundColor(theme: Theme): Rgb {
  return FOUND[theme];
}

/** Of what was not found while something is searched, of what did not change, and of frames of any kind that are too small to be drawn alone. */
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

/** From 0 to 1. */
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
