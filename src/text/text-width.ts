import { eastAsianWidth } from 'get-east-asian-width';

export const ELLIPSIS = '…';

/**
 * The columns that a text takes on a terminal. The text must be printable: its control characters and joiners are escaped, so each code
 * point has a width of its own.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The longest beginning of the text that fits into `width` columns. */
export function startOf(text: string, width: number): string {
  return fitting([...text], width).join('');
}

/** Cuts the end of a text that is too wide, and puts an ellipsis there. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : startOf(text, width - 1) + ELLIPSIS;
}

/**
 * Cuts the middle of a text that is too wide, and puts an ellipsis there.
 *
 * @param tail the columns at the end to keep rather than the beginning; the end gets at least half of the width
 */
export function cutMiddle(text: string, width: number, tail = 0): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  const end = Math.max(Math.min(tail, width - 1), Math.ceil((width - 1) / 2));
  return (
    startOf(text, width - 1 - end) +
    ELLIPSIS +
    fitting([...text].reverse(), end)
      .reverse()
      .join('')
  );
}

/** Breaks a sentence between words into lines of at most `width` columns. A wider word is left to the terminal. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Pads the text on the left to `width` columns. */
export function alignedRight(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

function fitting(characters: readonly string[], width: number): string[] {
  let room = width;
  const end = characters.findIndex((character) => {
    room -= characterWidth(character);
    return room < 0;
  });
  return characters.slice(0, end === -1 ? characters.length : end);
}

function characterWidth(character: string): number {
  return /^\p{M}/u.test(character) ? 0 : eastAsianWidth(character.codePointAt(0)!);
}
