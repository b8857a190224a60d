/** Gives equal strings the same small id, in order of first sight. */
export class StringInterner {
  readonly values: string[] = [];
  readonly #ids = new Map<string, number>();

  has(value: string): boolean {
    return this.#ids.has(value);
  }

  intern(value: string): number {
    let id = this.#ids.get(value);
    if (id === undefined) {
      id = this.values.push(value) - 1;
      this.#ids.set(value, id);
    }
    return id;
  }
}
