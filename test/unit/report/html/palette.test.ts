import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { changeColor, foundColor, frameColor, neutralColor, TEXT, type Theme } from '../../../../src/report/html/view/palette.js';
import { repoPath } from '../../../helpers/paths.js';

type Rgb = readonly number[];

/** WCAG 2.2: relative luminance and contrast ratio. */
function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function contrast(one: Rgb, other: Rgb): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

/** How the three kinds of colour blindness see a colour (Viénot, Brettel and Mollon 1999, in linear light). */
const BLINDNESS: Readonly<Record<string, readonly Rgb[]>> = {
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};

function seenWith(matrix: readonly Rgb[], color: Rgb): Rgb {
  const linear = color.map((value) => (value / 255) ** 2.2);
  return matrix.map(
    (row) =>
      255 *
      Math.max(
        0,
        row.reduce((sum, part, channel) => sum + part * linear[channel]!, 0),
      ) **
        (1 / 2.2),
  );
}

const NAMES = Array.from({ length: 500 }, (_, index) => `function${index} /app/file${index % 37}.js:${index}`);

describe.each(['light', 'dark'] as const)('on %s', (theme: Theme) => {
  it.each(['program', 'package', 'node', 'engine'] as const)('text on any box of %s can be read', (origin) => {
    expect(Math.min(...NAMES.map((name) => contrast(frameColor(origin, name, theme), TEXT[theme])))).toBeGreaterThanOrEqual(4.5);
  });

  it('text on any change, found or neutral box can be read', () => {
    const changes = Array.from({ length: 201 }, (_, index) => changeColor(index / 100 - 1, theme));
    const all = [...changes, foundColor(theme), neutralColor(theme)];
    expect(Math.min(...all.map((color) => contrast(color, TEXT[theme])))).toBeGreaterThanOrEqual(4.5);
  });

  it('growth goes from grey to red, and loss from grey to blue', () => {
    const [red, , blue] = changeColor(1, theme);
    expect(red - blue).toBeGreaterThan(80);
    const loss = changeColor(-1, theme);
    expect(loss[2] - loss[0]).toBeGreaterThan(80);
    expect(changeColor(0, theme)).toEqual(neutralColor(theme));
  });

  it.each(Object.keys(BLINDNESS))('growth and loss can be told apart with %s', (kind) => {
    const [grew, shrank] = [changeColor(1, theme), changeColor(-1, theme)].map((color) => seenWith(BLINDNESS[kind]!, color));
    const distance = Math.hypot(...grew!.map((value, channel) => value - shrank![channel]!));
    expect(distance).toBeGreaterThan(60);
    expect(shrank![2]! - grew![2]!).toBeGreaterThan(50);
  });
});

describe('the layers of the picture over time', () => {
  const css = readFileSync(repoPath('src/report/html/page/page.css'), 'utf8');
  const rgb = (hex: string): Rgb => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const layers = [...css.matchAll(/--layer: light-dark\((#\w{6}), (#\w{6})\)/g)].map(([, ...colors]) => colors.map(rgb));
  const cards = [...css.matchAll(/--card: (#\w{6})/g)].map(([, color]) => rgb(color!));

  it('can be seen on a card, light and dark', () => {
    expect([layers.length, cards.length]).toEqual([9, 2]);
    for (const theme of [0, 1])
      expect(Math.min(...layers.map((layer) => contrast(layer[theme]!, cards[theme]!)))).toBeGreaterThanOrEqual(3);
  });
});

it('the same name always has the same colour', () => {
  expect(frameColor('program', 'load', 'light')).toEqual(frameColor('program', 'load', 'light'));
  expect(new Set(NAMES.map((name) => frameColor('program', name, 'light').join())).size).toBeGreaterThan(50);
});
