/** The room for rows at the beginning. */
const FIRST = 1 << 12;
const GROWTH = 8;

type Values = Uint8Array | Uint32Array | Float64Array;

/**
 * A column that grows as values arrive. It reserves room for at most eight times its content, whatever a header promises, and the system
 * only provides memory that is written to. So growing copies an eighth of the new size, which exists twice until it is collected. If the
 * size only doubled, half of it would exist twice.
 */
export class GrowingColumn<Column extends Values> {
  length = 0;
  #values: Column;
  readonly #make: (length: number) => Column;
  readonly #expected: number | null;

  /** @param expected the expected final length; it may only reduce the room that is reserved */
  constructor(make: (length: number) => Column, expected: number | null) {
    this.#make = make;
    this.#expected = expected;
    this.#values = make(Math.min(FIRST, expected ?? FIRST));
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow(this.length);
    this.#values[this.length++] = value;
  }

  /** Adds rows. The caller writes them into the returned column, from the old length on. */
  extend(count: number): Column {
    this.length += count;
    while (this.length > this.#values.length) this.#grow(this.length - count);
    return this.#values;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** The content, without a copy. */
  values(): Column {
    return this.#values.subarray(0, this.length) as Column;
  }

  clear(): void {
    this.#values = this.#make(0);
    this.length = 0;
  }

  /** If a length is expected, the steps lead to it, so that the last step, which copies most, copies an eighth. */
  #grow(length: number): void {
    const most = Math.max(FIRST, length, this.#values.length) * GROWTH;
    let room = this.#expected === null || length >= this.#expected ? most : this.#expected;
    while (room > most) room = Math.ceil(room / GROWTH);
    const values = this.#make(room);
    values.set(this.#values);
    this.#values = values;
  }
}

export function integers(expected: number | null = null): GrowingColumn<Uint32Array> {
  return new GrowingColumn((length) => new Uint32Array(length), expected);
}

export function numbers(expected: number | null = null): GrowingColumn<Float64Array> {
  return new GrowingColumn((length) => new Float64Array(length), expected);
}

export function bytes(expected: number | null = null): GrowingColumn<Uint8Array> {
  return new GrowingColumn((length) => new Uint8Array(length), expected);
}
