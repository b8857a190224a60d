/** How changes stand out. */
export interface Colours {
  grown(text: string): string;
  shrunk(text: string): string;
  /** Titles, and what is less important than the rest. */
  faint(text: string): string;
  /** What must not be overlooked. */
  strong(text: string): string;
}

const same = (text: string) => text;

export const PLAIN: Colours = { grown: same, shrunk: same, faint: same, strong: same };

/** Red and cyan can be told apart with any kind of colour blindness, and cyan can be read on black as well as on white. */
export const COLOURED: Colours = {
  grown: (text) => `\x1b[31m${text}\x1b[39m`,
  shrunk: (text) => `\x1b[36m${text}\x1b[39m`,
  faint: (text) => `\x1b[2m${text}\x1b[22m`,
  strong: (text) => `\x1b[1m${text}\x1b[22m`,
};

/** The text of a change of so many bytes, as it is to be shown. */
export function changeStyle(change: number, { grown, shrunk }: Colours): (text: string) => string {
  if (change === 0) return same;
  return change > 0 ? grown : shrunk;
}
