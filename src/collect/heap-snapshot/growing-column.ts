/** Rows to begin with. */
const FIRST = 1 << 12;
const GROWTH = 8;

type Values = Uint8Array | Uint32Array | Float64Array;

/**
 * A column that grows as values arrive. It makes room for eight times what it holds at most, whatever a header promises, and a system gives memory
 * only to what is written; so an eighth is copied and, until it is collected, held twice. Doubling would hold half of it twice.
 */
export class GrowingColumn<Column extends Values> {
  length = 0;
  #values: Column;
  readonly #make: (length: number) => Column;
  readonly #expected: number | null;

  /** @param expected how long it should become at most; it is believed only downwards */
  constructor(make: (length: number) => Column, expected: number | null) {
    this.#make = make;
    this.#expected = expected;
    this.#values = make(Math.min(FIRST, expected ?? FIRST));
  }

  push(value: number): void {
    if (this.length === this.#values.length) this.#grow();
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }

  set(index: number, value: number): void {
    this.#values[index] = value;
  }

  /** What it holds, without a copy. */
  values(): Column {
    return this.#values.subarray(0, this.length) as Column;
  }

  clear(): void {
    this.#values = this.#make(0);
    this.length = 0;
  }

  /** Where a length is expected, the steps lead up to it: the last one, which copies most, has an eighth to copy. */
  #grow(): void {
    const most = Math.max(FIRST, this.length * GROWTH);
    let room = this.#expected === null || this.length >= this.#expected ? most : this.#expected;
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
