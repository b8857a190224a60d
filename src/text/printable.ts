/** What a terminal obeys or hides, and what UTF-8 cannot write: control characters, bidirectional overrides, line separators, half characters. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** JSON.stringify escapes C0 controls and lone surrogates by itself. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A terminal line holds no more of a hostile name. */
const MAX_LENGTH = 300;

/** Text from a target as it may be written to a terminal; what is longer than a line is cut in the middle. */
export function printable(text: string): string {
  return visible(shortened(text, MAX_LENGTH));
}

/**
 * Text from a target as a person may be shown it: what is unsafe is written as `\u{1b}`.
 *
 * @param special characters that mean something where the text is put, and are written so, too
 */
export function visible(text: string, special?: RegExp): string {
  const safe = text.replace(UNSAFE, escaped);
  return special ? safe.replace(special, escaped) : safe;
}

/** What is longer loses its middle. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length / 2)}…${text.slice(-length / 2)}` : text;
}

/** JSON that may be written to a terminal, and is read back as it was. */
export function safeJson(value: unknown, indent?: number): string {
  const units = (unsafe: string) => unsafe.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return JSON.stringify(value, null, indent).replace(UNSAFE_IN_JSON, units);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
