import type { AnyNode } from 'acorn';
import { lineIndex } from './line-index.js';
import { parse, type SourceType } from './parse.js';
import { type FunctionNode, functionOffset } from './positions.js';

/** As V8 tells a position: 0-based, and of a function where its parameters begin. */
export interface FunctionPlace {
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Where the functions of a text begin, by the name that V8 gives them; a name that two functions share has no place. */
export interface FunctionPlaces {
  /** Where the only function of this name begins; null if none has it, or more than one. */
  named(name: string): FunctionPlace | null;
  /** The number of functions inside of the text that have no name. */
  readonly anonymous: number;
}

const ANONYMOUS = '';

/** null if the text does not parse. */
export function functionPlaces(source: string, sourceType: SourceType): FunctionPlaces | null {
  const parsed = parse(source, sourceType);
  if ('problem' in parsed) return null;
  const { starts, lineOf } = lineIndex(source);
  const places = new Map<string, (FunctionPlace | null)[]>();
  const add = (name: string, offset: number | null): void => {
    const line = offset === null ? 0 : lineOf(offset);
    const place = offset === null ? null : { lineNumber: line, columnNumber: offset - starts[line]! };
    places.set(lastWord(name), [...(places.get(lastWord(name)) ?? []), place]);
  };
  const pending: Named[] = [{ node: parsed.program, name: ANONYMOUS }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { node, name } = next;
    if (isFunction(node)) add(node.id?.name ?? name, functionOffset(source, node));
    // V8 makes the constructor of a class that has none, and gives it the name of the class.
    if (isClass(node) && !hasConstructor(node)) add(node.id?.name ?? name, null);
    for (const child of namedChildren(node, name)) pending.push(child);
  }
  return {
    named: (name) => {
      const found = places.get(lastWord(name)) ?? [];
      return found.length === 1 ? found[0]! : null;
    },
    anonymous: places.get(ANONYMOUS)?.length ?? 0,
  };
}

/** A node, and the name that it gets if it is a function or a class without one. */
interface Named {
  readonly node: AnyNode;
  readonly name: string;
}

/** V8 takes a function's name from its place in the text; a function that is assigned to a property has it with the object: `exports.load`. */
function lastWord(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function* namedChildren(node: AnyNode, name: string): Iterable<Named> {
  if (isClass(node)) {
    if (node.superClass) yield { node: node.superClass, name: ANONYMOUS };
    for (const member of node.body.body) {
      const isConstructor = member.type === 'MethodDefinition' && member.kind === 'constructor';
      yield isConstructor ? { node: member.value, name: node.id?.name ?? name } : { node: member, name: ANONYMOUS };
    }
    return;
  }
  for (const child of childNodes(node)) yield { node: child, name: nameIn(node, child) };
}

/** The name that a child without one takes from its parent. */
function nameIn(parent: AnyNode, child: AnyNode): string {
  switch (parent.type) {
    case 'VariableDeclarator':
      return child === parent.init ? keyName(parent.id) : ANONYMOUS;
    case 'AssignmentExpression':
    case 'AssignmentPattern':
      return child === parent.right ? keyName(parent.left) : ANONYMOUS;
    case 'ExportDefaultDeclaration':
      return 'default';
    case 'Property':
    case 'PropertyDefinition':
    case 'MethodDefinition': {
      if (child !== parent.value || parent.computed) return ANONYMOUS;
      const isAccessor = parent.type !== 'PropertyDefinition' && (parent.kind === 'get' || parent.kind === 'set');
      return isAccessor ? `${parent.kind} ${keyName(parent.key)}` : keyName(parent.key);
    }
    default:
      return ANONYMOUS;
  }
}

function keyName(key: AnyNode): string {
  if (key.type === 'Identifier') return key.name;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  if (key.type === 'Literal') return String(key.value);
  return key.type === 'MemberExpression' && !key.computed ? keyName(key.property) : ANONYMOUS;
}

export function* childNodes(node: AnyNode): Iterable<AnyNode> {
  for (const value of Object.values(node) as unknown[]) {
    if (isNode(value)) yield value;
    else if (Array.isArray(value)) for (const one of value as unknown[]) if (isNode(one)) yield one;
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

export function isFunction(node: AnyNode): node is FunctionNode {
  return node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
}

function isClass(node: AnyNode): node is Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }> {
  return node.type === 'ClassDeclaration' || node.type === 'ClassExpression';
}

function hasConstructor({ body }: Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>): boolean {
  return body.body.some((member) => member.type === 'MethodDefinition' && member.kind === 'constructor');
}
