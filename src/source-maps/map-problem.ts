/** Why a map cannot be used, in words that fit after "the source map X is not used:". Never quotes the file, which may be no map at all. */
export class MapProblem extends Error {}

export class MissingMap extends MapProblem {}

/** Warns about each map once. All missing maps share one line, because a program may be delivered without its maps. */
export class MapWarnings {
  readonly #warn: (line: string) => void;
  readonly #said = new Set<string>();
  #missing: string[] = [];

  constructor(warn: (line: string) => void) {
    this.#warn = warn;
  }

  add(map: string, message: string): void {
    if (this.#isNew(map)) this.#warn(`the source map ${map} ${message}`);
  }

  addUselessFolder(folder: string): void {
    if (this.#isNew(folder))
      this.#warn(`no source map in ${folder} matches a file of the snapshot: the map of FILE.js must be named FILE.js.map`);
  }

  /** Ignores maps of packages: many packages are published without the maps that their files name, and the user cannot change that. */
  addMissing(map: string): void {
    if (!/[\\/]node_modules[\\/]/.test(map) && this.#isNew(map)) this.#missing.push(map);
  }

  sayMissing(): void {
    const [first, ...others] = this.#missing;
    this.#missing = [];
    if (first === undefined) return;
    this.#warn(others.length === 0 ? `the source map ${first} is missing` : `source maps are missing: ${first} and ${others.length} more`);
  }

  #isNew(map: string): boolean {
    const isNew = !this.#said.has(map);
    this.#said.add(map);
    return isNew;
  }
}
