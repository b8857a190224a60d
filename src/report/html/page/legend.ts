import type { Origin } from '../view/frames.js';
import { changeColor, css, frameColor, neutralColor, type Theme } from '../view/palette.js';
import { element } from './dom.js';
import type { State } from './page-state.js';

const ORIGINS: readonly (readonly [Origin, string])[] = [
  ['program', 'program'],
  ['package', 'packages'],
  ['node', 'Node'],
  ['engine', 'V8'],
];
const STEPS = [-1, -0.25, -0.06, 0, 0.06, 0.25, 1];

/** Explains the colours. */
export function legend(state: State): HTMLElement {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const root = element('p', { class: 'legend' });
  const fill = () => root.replaceChildren(...(state.isDiff ? changes : origins)(dark.matches ? 'dark' : 'light', state));
  dark.addEventListener('change', fill);
  fill();
  return root;
}

function origins(theme: Theme): (Node | string)[] {
  return [
    ...ORIGINS.map(([origin, name]) => element('span', {}, swatch(css(frameColor(origin, 'abc', theme))), name)),
    element('span', {}, swatch(css(neutralColor(theme))), 'several, each narrower than a pixel'),
  ];
}

function changes(theme: Theme, { data: { cells }, diffWord }: State): (Node | string)[] {
  const [down, up] = diffWord === 'change' ? ['shrank', 'grew'] : ['less', 'more'];
  const isSampled = [cells.now, cells.old].some((sums) => sums?.spread);
  return [
    element('span', {}, `${down} `, ...STEPS.map((step) => swatch(css(changeColor(step, theme)))), ` ${up}`),
    element('span', {}, isSampled ? `grey: no ${diffWord}, or one that sampling alone may make` : `grey: no ${diffWord}`),
    element('span', {}, `several, each narrower than a pixel: by the sum of their ${diffWord}s`),
  ];
}

function swatch(color: string): HTMLElement {
  const made = element('i', { class: 'swatch', 'aria-hidden': 'true' });
  made.style.background = color;
  return made;
}
