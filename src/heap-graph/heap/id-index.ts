/** Finds nodes by their ids. A table with open addressing takes 8 to 16 bytes a node, a Map more than 40. */
export class IdIndex {
  readonly #ids: Uint32Array;
  /** A node plus one, or 0. */
  readonly #slots: Uint32Array;
  readonly #shift: number;

  constructor(ids: Uint32Array) {
    const bits = Math.max(4, 33 - Math.clz32(ids.length));
    this.#ids = ids;
    this.#shift = 32 - bits;
    this.#slots = new Uint32Array(2 ** bits);
    for (let node = 0; node < ids.length; node++) {
      const slot = this.#slot(ids[node]!);
      if (this.#slots[slot] === 0) this.#slots[slot] = node + 1;
    }
  }

  /** -1 if there is none. */
  find(id: number): number {
    return this.#slots[this.#slot(id)]! - 1;
  }

  /** Where the id is, or the free slot where it would be. */
  #slot(id: number): number {
    const mask = this.#slots.length - 1;
    let slot = Math.imul(id, 0x9e37_79b1) >>> this.#shift;
    for (let held = this.#slots[slot]!; held !== 0 && this.#ids[held - 1] !== id; held = this.#slots[slot]!) slot = (slot + 1) & mask;
    return slot;
  }
}
