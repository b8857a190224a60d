import type { AnyNode } from 'acorn';
import { children } from './children.js';

/** A variable, with what decides whether a wrapper may take its value as a parameter instead of closing over it. */
export interface Binding {
  readonly name: string;
  /** The function that it belongs to. */
  readonly owner: object;
  /** The offset from which it is certainly initialised; Infinity if the text does not show that. */
  readonly from: number;
  readonly isParameter: boolean;
  /** Whether a function of the program closes over it, or an eval may. Then its value can change at any time. */
  captured: boolean;
}

/** One use of a variable by code of its own function. */
export interface Reference {
  readonly binding: Binding;
  readonly written: boolean;
}

type Declared = Pick<Binding, 'name' | 'from' | 'isParameter'>;

/** The names that a pattern binds or assigns. */
export function patternNames(pattern: AnyNode | null): string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap((member) => patternNames(member.type === 'Property' ? member.value : member));
    case 'ArrayPattern':
      return pattern.elements.flatMap(patternNames);
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    default:
      return [];
  }
}

/** The names that a list of statements declares. Hoisting of functions has rules of its own, so their `from` is always Infinity. */
export function lexicalNames(statements: readonly AnyNode[], inSwitch = false): readonly Declared[] {
  const found: Declared[] = [];
  for (const statement of statements) {
    const node = statement.type === 'ExportNamedDeclaration' && statement.declaration ? statement.declaration : statement;
    if (node.type === 'VariableDeclaration' && node.kind !== 'var') {
      found.push(...declaredBy(node, inSwitch ? Number.POSITIVE_INFINITY : undefined));
    } else if ((node.type === 'ClassDeclaration' || node.type === 'FunctionDeclaration') && node.id) {
      const from = node.type === 'ClassDeclaration' && !inSwitch ? node.end : Number.POSITIVE_INFINITY;
      found.push({ name: node.id.name, from, isParameter: false });
    }
  }
  return found;
}

/** The names of a `let` or `const`. In the head of a for-in or for-of they are initialised only after the iterated expression. */
export function declaredBy(node: Extract<AnyNode, { type: 'VariableDeclaration' }>, from?: number): Declared[] {
  return node.declarations.flatMap((declarator) =>
    patternNames(declarator.id).map((name) => ({ name, from: from ?? declarator.end, isParameter: false })),
  );
}

/** All `var` names in a function's body, at any depth. They are undefined from the start. */
export function varNames(node: AnyNode, found: string[] = []): string[] {
  switch (node.type) {
    case 'VariableDeclaration':
      if (node.kind === 'var') for (const { id } of node.declarations) found.push(...patternNames(id));
      break;
    case 'BlockStatement':
      for (const statement of node.body) varNames(statement, found);
      break;
    case 'SwitchCase':
      for (const statement of node.consequent) varNames(statement, found);
      break;
    case 'IfStatement':
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'TryStatement':
    case 'CatchClause':
    case 'SwitchStatement':
    case 'LabeledStatement':
    case 'WithStatement':
    case 'ExportNamedDeclaration':
      for (const child of children(node)) if (child) varNames(child, found);
  }
  return found;
}

/** The read and the write reference to a binding. They are shared, since a text has far more references than variables. */
export interface Known {
  readonly read: Reference;
  readonly write: Reference;
}

interface Hidden {
  readonly known: Known;
  /** The meaning of the name in the enclosing scope. */
  readonly outer: Known | undefined;
}

/** The scopes around the current place of the walk: what each name means here, and what it meant outside each scope. */
export class Scopes {
  readonly #current = new Map<string, Known>();
  readonly #scopes: Map<string, Hidden>[] = [];

  enter(owner: object, declared: readonly Declared[]): void {
    const scope = new Map<string, Hidden>();
    for (const { name, from, isParameter } of declared) {
      const binding: Binding = { name, owner, from, isParameter, captured: false };
      const known = { read: { binding, written: false }, write: { binding, written: true } };
      const before = scope.get(name);
      scope.set(name, { known, outer: before ? before.outer : this.#current.get(name) });
      this.#current.set(name, known);
    }
    this.#scopes.push(scope);
  }

  leave(): void {
    for (const [name, { outer }] of this.#scopes.pop() ?? []) {
      if (outer) this.#current.set(name, outer);
      else this.#current.delete(name);
    }
  }

  find(name: string): Known | undefined {
    return this.#current.get(name);
  }

  /** An eval or a `with` may do anything to the visible variables. */
  exposeAll(): void {
    for (const scope of this.#scopes) for (const { known } of scope.values()) known.read.binding.captured = true;
  }
}
