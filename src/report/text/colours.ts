/** How changes are emphasised. */
export interface Colours {
  grown(text: string): string;
  shrunk(text: string): string;
  /** For titles and less important text. */
  faint(text: string): string;
  /** For text that must not be overlooked. */
  strong(text: string): string;
}

const same = (text: string) => text;

export const PLAIN: Colours = { grown: same, shrunk: same, faint: same, strong: same };

/** Red and cyan can be told apart with any kind of colour blindness, and cyan is readable on black and on white. */
export const COLOURED: Colours = {
  grown: (text) => `\x1b[31m${text}\x1b[39m`,
  shrunk: (text) => `\x1b[36m${text}\x1b[39m`,
  faint: (text) => `\x1b[2m${text}\x1b[22m`,
  strong: (text) => `\x1b[1m${text}\x1b[22m`,
};

/** The style for the text of a change of this many bytes. */
export function changeStyle(change: number, { grown, shrunk }: Colours): (text: string) => string {
  if (change === 0) return same;
  return change > 0 ? grown : shrunk;
}
