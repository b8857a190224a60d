import { BadProfileError } from '../../errors.js';

/** 64 characters that need no escape in any string literal. */
export const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const VALUES = new Int8Array(128).fill(-1);
for (let i = 0; i < DIGITS.length; i++) VALUES[DIGITS.charCodeAt(i)] = i;

/** Writes whole numbers below 2 ** 53 in groups of five bits, lowest first. A sixth bit says that more groups follow. */
export class Writer {
  readonly #pieces: string[] = [];

  unsigned(value: number): void {
    let rest = value;
    while (rest >= 32) {
      this.#pieces.push(DIGITS[32 + (rest % 32)]!);
      rest = Math.floor(rest / 32);
    }
    this.#pieces.push(DIGITS[rest]!);
  }

  signed(value: number): void {
    this.unsigned(value < 0 ? -value * 2 - 1 : value * 2);
  }

  text(): string {
    return this.#pieces.join('');
  }
}

export class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  unsigned(): number {
    let value = 0;
    for (let unit = 1; ; unit *= 32) {
      const digit = VALUES[this.#text.charCodeAt(this.#at++)] ?? -1;
      if (digit < 0 || unit > 2 ** 50) throw new BadProfileError('the table of lines is damaged');
      value += (digit % 32) * unit;
      if (digit < 32) return value;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }
}

/** Writes a number in a fixed number of digits, highest first. */
export function fixed(value: number, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest = Math.floor(rest / 64)) text = DIGITS[rest % 64]! + text;
  return text;
}

export function readFixed(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = value * 64 + (VALUES[text.charCodeAt(i)] ?? 0);
  return value;
}
