/** A terminal line holds no more of a hostile name. */
const MAX_LENGTH = 300;

/**
 * Text from a profile as it may be written to a terminal: control characters, bidirectional overrides and lone surrogates escaped, what is
 * longer than a line cut in the middle.
 */
export function printable(text: string): string {
  const cut = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH / 2)}…${text.slice(-MAX_LENGTH / 2)}` : text;
  return cut.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (unsafe) => `\\u{${unsafe.codePointAt(0)!.toString(16)}}`);
}
