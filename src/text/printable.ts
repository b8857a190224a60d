/** Unsafe to print: control characters, bidirectional overrides and line separators, and lone surrogates, which UTF-8 cannot encode. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** JSON.stringify already escapes C0 controls and lone surrogates. */
const UNSAFE_IN_JSON = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The longest text that we print on a terminal line, since a hostile name may have any length. */
const MAX_LENGTH = 300;

/** Makes text from a target safe for a terminal. A text that is too long loses its middle. */
export function printable(text: string): string {
  return visible(shortened(text, MAX_LENGTH));
}

/**
 * Makes text from a target safe to show: unsafe characters become escapes such as `\u{1b}`.
 *
 * @param special further characters to escape, because they have a meaning where the text will stand
 */
export function visible(text: string, special?: RegExp): string {
  const safe = text.replace(UNSAFE, escaped);
  return special ? safe.replace(special, escaped) : safe;
}

/** Cuts the middle out of a text that is longer than `length`. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length / 2)}…${text.slice(-length / 2)}` : text;
}

/** JSON that is safe for a terminal and parses to the same value. */
export function safeJson(value: unknown, indent?: number): string {
  const units = (unsafe: string) => unsafe.replace(/./gs, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return JSON.stringify(value, null, indent).replace(UNSAFE_IN_JSON, units);
}

function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
