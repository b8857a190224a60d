/** What may be written at the current place of the generator. */
export interface Scope {
  readonly names: readonly string[];
  readonly depth: number;
  readonly strict: boolean;
  readonly inFunction: boolean;
  readonly generator: boolean;
  readonly async: boolean;
  readonly loop: boolean;
  readonly label?: string;
  readonly method: boolean;
  readonly derived: boolean;
  readonly inClass: boolean;
  /** In a field's initialiser or a static block, where `arguments` and `await` are errors. */
  readonly initialiser: boolean;
}

export const PROGRAM: Scope = {
  names: ['a', 'b', 'c', 'f', 'o', 'K'],
  depth: 0,
  strict: false,
  inFunction: false,
  generator: false,
  async: false,
  loop: false,
  method: false,
  derived: false,
  inClass: false,
  initialiser: false,
};

export function deeper(scope: Scope, changes: Partial<Scope> = {}): Scope {
  return { ...scope, depth: scope.depth + 1, ...changes };
}

/** The scope inside a function with its own `this`. An arrow function has that of its surroundings. */
export function inFunction(scope: Scope, changes: Partial<Scope> = {}): Scope {
  const { label: _label, ...rest } = scope;
  return deeper(rest, {
    inFunction: true,
    generator: false,
    async: false,
    loop: false,
    method: false,
    derived: false,
    initialiser: false,
    ...changes,
  });
}

export function inArrow(scope: Scope, changes: Partial<Scope> = {}): Scope {
  const { label: _label, ...rest } = scope;
  return deeper(rest, { generator: false, async: false, loop: false, ...changes });
}
