import { expression } from './expressions.js';
import { deeper, inArrow, inFunction, PROGRAM, type Scope } from './scope.js';
import { statement } from './statements.js';
import type { Tape } from './tape.js';

const STRICT = "'use strict'\n";

/** Writes one program from a tape. It may fail at run time, and both versions must give the same error. It seldom has a syntax error. */
export class Programs {
  readonly tape: Tape;
  #labels = 0;
  readonly #recent: string[] = [];

  constructor(tape: Tape) {
    this.tape = tape;
  }

  program(strict: boolean): string {
    const lines = strict ? ["'use strict'"] : [];
    const count = 2 + this.tape.below(6);
    for (let i = 0; i < count; i++) lines.push(this.guarded({ ...PROGRAM, strict }));
    return `${lines.join('\n')}\n`;
  }

  /** Puts most statements in a try, so that one error does not end the program. */
  guarded(scope: Scope): string {
    const text = statement(this, scope);
    return this.tape.chance(3) ? text : `try { ${text}${this.line()}} catch (e) { log(e) }`;
  }

  one<T>(choices: readonly T[]): T {
    return this.tape.one(choices);
  }

  label(): number {
    return ++this.#labels;
  }

  fresh(): string {
    const name = `v${++this.#labels}`;
    this.#recent.push(name);
    return name;
  }

  /** A variable that was declared recently, here or in another scope. It may be uninitialised or out of scope. */
  recent(): string {
    const last = this.#recent.slice(-4);
    return last.length > 0 ? this.one(last) : 'a';
  }

  expression(scope: Scope): string {
    return expression(this, scope);
  }

  reference(scope: Scope): string {
    return this.one([
      'f',
      'o',
      'f.self',
      'c',
      scope.inFunction ? 'this' : 'f',
      `f.m(${scope.depth > 4 ? '' : this.expression(deeper(scope))})`,
    ]);
  }

  /** White space at a place where a line may end. */
  gap(): string {
    return this.one([' ', ' ', '\n', ' /* ( */ ', ' // {\n', '\r\n']);
  }

  /** The end of a line, or nothing, at a place where nothing is needed. */
  line(): string {
    return this.one(['', '', '\n', '\n  ']);
  }

  end(): string {
    return this.one([';\n', '\n', ';\n', ' // end\n', ';']);
  }

  list(scope: Scope): string {
    const items: string[] = [];
    for (let count = this.tape.below(3); count > 0; count--) items.push(`${this.tape.chance(6) ? '...' : ''}${this.listItem(scope)}`);
    return items.join(`,${this.gap()}`);
  }

  listItem(scope: Scope): string {
    return this.tape.chance(5) ? this.functionLiteral(scope) : `(${this.expression(scope)})`;
  }

  members(scope: Scope): string {
    const members: string[] = [];
    const method = inFunction(scope, { method: true });
    for (let count = this.tape.below(4); count > 0; count--) {
      members.push(
        this.one([
          () => `x: ${this.gap()}(${this.expression(scope)})`,
          () => `y: ${this.functionLiteral(scope)}`,
          () => `z: (${this.classLiteral(scope, '')})`,
          () => `[${this.expression(scope)}]: ${this.functionLiteral(scope)}`,
          () => `m(u = ${this.expression(method)}) { return ${this.expression(method)} }`,
          () => `get x() { return ${this.expression(method)} }`,
          () => `set x(v) { ${this.expression(method)} }`,
          () => `...${this.one(['c', 'o', `f(${this.list(scope)})`])}`,
          () => `__proto__: ${this.one(['f', 'null', `{ x: ${this.expression(scope)} }`, '() => 1'])}`,
          () => `a, b`,
          () => `async *g() { yield ${this.expression({ ...method, generator: true, async: true })} }`,
        ])(),
      );
    }
    return members.join(`,${this.line()}`);
  }

  functionLiteral(scope: Scope): string {
    const plain = inFunction(scope);
    const arrow = inArrow(scope);
    return this.one([
      () => `(x) =>${this.gap()}(${this.expression({ ...arrow, names: [...scope.names, 'x'] })})`,
      () => `() => { ${this.body(arrow, STRICT)} }`,
      () => `function () { ${this.body(plain, STRICT)} }`,
      () => `function named(x, [y] = f, ...z) { ${this.body({ ...plain, names: [...scope.names, 'x', 'y', 'z', 'named'] })} }`,
      () => `async () => { ${this.body({ ...arrow, async: true })} }`,
      () => `async function () { ${this.body({ ...plain, async: true })} }`,
      () => `function* () { ${this.body({ ...plain, generator: true })} }`,
      () => `async x => (${this.expression({ ...arrow, async: true, names: [...scope.names, 'x'] })})`,
    ])();
  }

  /** The statements of a function, sometimes after a directive. A function with a default parameter may have no directive. */
  body(scope: Scope, directive = ''): string {
    const start = this.tape.chance(8) ? directive : '';
    let text = '';
    for (let count = 1 + this.tape.below(2); count > 0; count--) text += statement(this, scope);
    return `${start}burn();${text}`;
  }

  classLiteral(scope: Scope, name: string): string {
    const derived = this.tape.chance(2);
    const outer: Scope = { ...scope, strict: true };
    const heritage = derived ? ` extends ${this.one(['K', `(${this.expression(outer)}, K)`, '(f.self, K)'])}` : '';
    const members: string[] = this.tape.chance(2) ? [this.constructorOf(scope, derived)] : [];
    for (let count = this.tape.below(4); count > 0; count--) members.push(this.classMember(scope));
    return `class ${name}${heritage} { #p = ${this.expression(this.initialiser(scope))};${this.line()}${members.join('\n')} }`;
  }

  private constructorOf(scope: Scope, derived: boolean): string {
    const inside = inFunction(scope, { strict: true, method: derived, inClass: true, names: [...scope.names, 'x'] });
    const before = derived
      ? `${this.one(['', 'f(), ', `t(1, () => this), `])}super(${this.gap()}${this.list({ ...inside, method: false })})${this.one(['.m()', ''])};`
      : '';
    return `constructor(x = ${this.expression({ ...inside, method: false })}) { burn(); ${before} ${statement(this, inside)} }`;
  }

  private initialiser(scope: Scope): Scope {
    return inFunction(scope, { strict: true, method: true, inClass: true, initialiser: true });
  }

  private classMember(scope: Scope): string {
    const method = inFunction(scope, { strict: true, method: true, inClass: true });
    const field = this.initialiser(scope);
    return this.one([
      () => `m(u = ${this.expression(method)}) { burn(); return ${this.expression(method)} }`,
      () => `x = ${this.expression(field)};`,
      () => `y = ${this.functionLiteral(field)}${this.one([';', ''])}\n s2() {}`,
      () => `static z = ${this.expression(field)};`,
      () => `[${this.expression({ ...scope, strict: true })}] = ${this.functionLiteral(field)};`,
      () => `static { ${statement(this, { ...field, inFunction: false, method: false })} }`,
      () => `static s() { return ${this.expression(method)} }`,
      () => `get q() { return this.#p }`,
      () => `*[Symbol.iterator]() { yield ${this.expression({ ...method, generator: true })} }`,
      () => `static name = 'given';`,
      () => `'quoted' = (${this.classLiteral(deeper(field), '')});`,
    ])();
  }
}
