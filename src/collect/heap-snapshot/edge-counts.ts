import { bytes } from './growing-column.js';

const MANY = 255;

/** The number of edges of each node. Takes a byte a node, and more for the few nodes with many edges. */
export class EdgeCounts {
  readonly #small;
  readonly #many = new Map<number, number>();

  constructor(expected: number | null) {
    this.#small = bytes(expected);
  }

  push(count: number): void {
    if (count >= MANY) this.#many.set(this.#small.length, count);
    this.#small.push(Math.min(count, MANY));
  }

  at(node: number): number {
    const count = this.#small.at(node);
    return count < MANY ? count : this.#many.get(node)!;
  }

  clear(): void {
    this.#small.clear();
    this.#many.clear();
  }
}
