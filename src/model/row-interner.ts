const INITIAL_SLOTS = 1 << 10;

/**
 * Gives equal rows of unsigned 32-bit integers the same small id, in order of first sight. Rows may differ in length. It is an open-addressing
 * hash over typed arrays, which makes no object and no string per row: so a million rows are cheap.
 */
export class RowInterner {
  #slots: Int32Array;
  #hashes: Int32Array;
  #starts: Uint32Array;
  #pool: Uint32Array<ArrayBuffer>;
  #size = 0;

  /** @param expected initial room: number of rows, and of the values of all rows. More room is made when needed, with a rehash for each doubling */
  constructor(expected: { rows: number; values: number } = { rows: 0, values: 0 }) {
    let slots = INITIAL_SLOTS;
    while (slots <= 2 * expected.rows) slots *= 2;
    this.#slots = new Int32Array(slots).fill(-1);
    this.#hashes = new Int32Array(slots >> 1);
    this.#starts = new Uint32Array((slots >> 1) + 1);
    this.#pool = new Uint32Array(Math.max(INITIAL_SLOTS, expected.values));
  }

  get size(): number {
    return this.#size;
  }

  /** The id of `row[from..to)`. */
  intern(row: ArrayLike<number>, from: number, to: number): number {
    let hash = to - from;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ row[i]!, 0x9e3779b1) ^ (hash >>> 15);
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 16)) & mask;
    for (;;) {
      const id = this.#slots[slot]!;
      if (id === -1) break;
      if (this.#hashes[id] === hash && this.#equals(id, row, from, to)) return id;
      slot = (slot + 1) & mask;
    }
    return this.#append(slot, hash, row, from, to);
  }

  /** Row i is `values[starts[i] .. starts[i + 1])`. */
  build(): { starts: Uint32Array; values: Uint32Array } {
    return { starts: this.#starts.slice(0, this.#size + 1), values: this.#pool.slice(0, this.#starts[this.#size]) };
  }

  #equals(id: number, row: ArrayLike<number>, from: number, to: number): boolean {
    const start = this.#starts[id]!;
    if (this.#starts[id + 1]! - start !== to - from) return false;
    for (let i = from; i < to; i++) if (this.#pool[start + i - from] !== row[i]) return false;
    return true;
  }

  #append(slot: number, hash: number, row: ArrayLike<number>, from: number, to: number): number {
    const id = this.#size++;
    const start = this.#starts[id]!;
    const end = start + to - from;
    while (end > this.#pool.length) this.#pool = grown(this.#pool);
    for (let i = from; i < to; i++) this.#pool[start + i - from] = row[i]!;
    this.#starts[id + 1] = end;
    this.#hashes[id] = hash;
    this.#slots[slot] = id;
    if (this.#size * 2 >= this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const mask = this.#slots.length * 2 - 1;
    const slots = new Int32Array(mask + 1).fill(-1);
    for (let id = 0; id < this.#size; id++) {
      const hash = this.#hashes[id]!;
      let slot = (hash ^ (hash >>> 16)) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
    const hashes = new Int32Array(slots.length >> 1);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const starts = new Uint32Array((slots.length >> 1) + 1);
    starts.set(this.#starts);
    this.#starts = starts;
  }
}

function grown(array: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}
