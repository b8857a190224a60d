import { eastAsianWidth } from 'get-east-asian-width';

export const ELLIPSIS = '…';

/**
 * Columns that a text takes on a terminal. Of printable text: control characters and joiners are escaped in it, so that each code point
 * stands for itself.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** What fits into so many columns, from the beginning. */
export function startOf(text: string, width: number): string {
  return fitting([...text], width).join('');
}

/** The text, its end replaced by an ellipsis where it is wider. */
export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width < 1 ? '' : startOf(text, width - 1) + ELLIPSIS;
}

/**
 * The text, its middle replaced by an ellipsis where it is wider.
 *
 * @param tail columns of the end that are worth more than the beginning; at least half of the room goes to the end
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

/** A sentence in lines of at most so many columns, broken between words; a word that is wider is left to the terminal. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** To the right in so many columns. */
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
