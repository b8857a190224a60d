/** Sums by group, whose number grows while profiles are read. */
export class GroupColumns<Name extends string> {
  readonly #columns: Record<Name, Float64Array>;
  readonly #names: readonly Name[];
  #room = 1024;

  constructor(names: readonly Name[]) {
    this.#names = names;
    this.#columns = Object.fromEntries(names.map((name) => [name, new Float64Array(this.#room)])) as Record<Name, Float64Array>;
  }

  /** The columns, with room for so many groups. They are valid until more room is made. */
  withRoom(groups: number): Readonly<Record<Name, Float64Array>> {
    if (groups > this.#room) {
      while (this.#room < groups) this.#room *= 2;
      for (const name of this.#names) {
        const larger = new Float64Array(this.#room);
        larger.set(this.#columns[name]);
        this.#columns[name] = larger;
      }
    }
    return this.#columns;
  }

  /** The sums of one group. */
  at(group: number): Record<Name, number> {
    return Object.fromEntries(this.#names.map((name) => [name, this.#columns[name][group] ?? 0])) as Record<Name, number>;
  }

  clear(groups: Iterable<number>): void {
    for (const group of groups) for (const name of this.#names) this.#columns[name][group] = 0;
  }
}
