import type { Parameters } from './client.js';

/** The values of a query. SQL has only their names: whatever a user, a program or a file says is never a part of it. */
export class BoundValues {
  readonly #values: Record<string, unknown> = {};

  /** @returns what stands in the SQL */
  add(type: string, value: unknown): string {
    const name = `v${Object.keys(this.#values).length}`;
    this.#values[name] = value;
    return `{${name}:${type}}`;
  }

  get all(): Parameters {
    return this.#values;
  }
}
