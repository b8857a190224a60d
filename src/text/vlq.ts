/** By character code: the value of a digit of base64, as source maps have it or as URLs have it; -1 for any other character. */
export const DIGIT_VALUES = new Int8Array(128).fill(-1);
const LETTERS_AND_FIGURES = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
for (const digits of [`${LETTERS_AND_FIGURES}+/`, `${LETTERS_AND_FIGURES}-_`]) {
  for (let i = 0; i < digits.length; i++) DIGIT_VALUES[digits.charCodeAt(i)] = i;
}

/** Reads whole numbers below 2 ** 53 in groups of five bits, lowest first (base64 VLQ). A sixth bit says that more groups follow. */
export class VlqReader {
  readonly #text: string;
  readonly #damaged: () => Error;
  #at = 0;

  /** @param damaged makes the error for a text that is none */
  constructor(text: string, damaged: () => Error) {
    this.#text = text;
    this.#damaged = damaged;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  unsigned(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 32) {
      const digit = DIGIT_VALUES[this.#text.charCodeAt(this.#at++)] ?? -1;
      if (digit < 0 || unit > 2 ** 50) throw this.#damaged();
      value += (digit % 32) * unit;
      if (digit < 32) return value;
    }
  }

  /** As in source maps: the sign is in the lowest bit. */
  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value - 1) / 2 : value / 2;
  }
}
