/** A list of numbers that are read as choices. fast-check shrinks the list, and so the program. After its end every choice is the first one. */
export class Tape {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  below(limit: number): number {
    const number = this.#numbers[this.#next++] ?? 0;
    return number % limit;
  }

  /** One of several choices; the first one at the end of the tape. */
  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  /** True about once in `odds` times; false at the end of the tape. */
  chance(odds: number): boolean {
    return this.below(odds) === odds - 1;
  }

  get isAtEnd(): boolean {
    return this.#next >= this.#numbers.length;
  }
}
