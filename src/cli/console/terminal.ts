import { COLOURED, type Colours, PLAIN } from '../../report/text/colours.js';
import type { Output } from './console.js';

/** Columns of the terminal; Infinity where the stream is none, or one that does not know (it says 0). */
export function widthOfTerminal({ isTTY, columns }: Output): number {
  return (isTTY && columns) || Number.POSITIVE_INFINITY;
}

/** Colours on a terminal that has them, unless NO_COLOR is set (Node asks for it) or --no-color is given. */
export function coloursOf(stream: Output, { color }: { readonly color: boolean }): Colours {
  return color && stream.isTTY && stream.hasColors?.() ? COLOURED : PLAIN;
}
