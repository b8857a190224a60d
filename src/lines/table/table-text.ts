import { BadProfileError } from '../../errors.js';
import { DIGIT_VALUES, VlqReader } from '../../text/vlq.js';

/** 64 characters that need no escape in any string literal. */
export const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

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

/** Reads what a `Writer` has written. */
export class Reader extends VlqReader {
  constructor(text: string) {
    super(text, () => new BadProfileError('the table of lines is damaged'));
  }

  override signed(): number {
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
  for (let i = 0; i < text.length; i++) value = value * 64 + (DIGIT_VALUES[text.charCodeAt(i)] ?? 0);
  return value;
}
