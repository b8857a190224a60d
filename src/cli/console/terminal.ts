import { COLOURED, type Colours, PLAIN } from '../../report/text/colours.js';
import type { Output } from './console.js';

/** Columns of the terminal. Infinity if the stream is no terminal, or if the terminal does not know its width (it says 0). */
export function widthOfTerminal({ isTTY, columns }: Output): number {
  return (isTTY && columns) || Number.POSITIVE_INFINITY;
}

/** Colours if the terminal has them, NO_COLOR is not set (`hasColors` checks both) and --no-color is not given. */
export function coloursOf(stream: Output, { color }: { readonly color: boolean }): Colours {
  return color && stream.isTTY && stream.hasColors?.() ? COLOURED : PLAIN;
}
