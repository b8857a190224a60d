import type {
  AnyNode,
  ArrayExpression,
  AssignmentExpression,
  AssignmentProperty,
  BinaryExpression,
  CallExpression,
  ObjectExpression,
  Property,
  TaggedTemplateExpression,
  UnaryExpression,
} from 'acorn';
import { patternNames } from './bindings.js';
import { children } from './children.js';
import { type Allocation, mergeLines, NO_LINE } from './events.js';
import { takesName, visitFunction, visitNamed } from './functions.js';
import { isArithmetic, isBigInt, isQuietCall } from './operand-types.js';
import { callOffset, isDirectEval, operatorOffset } from './positions.js';
import { visitReference } from './references.js';
import type { Inside, Walk } from './walk.js';

/** A literal of constants with at least this many lines is a data table. V8 copies it in one piece, from its first line. */
const TABLE_LINES = 64;

export function visitLiteral(walk: Walk, node: ObjectExpression | ArrayExpression): number {
  const isTable = walk.lineOf(node.end) - walk.lineOf(node.start) >= TABLE_LINES && isConstant(node);
  return walk.wrappable(
    node,
    () => (isTable ? NO_LINE : walk.visitAll(children(node))),
    () => walk.allocation(node.start, 'object'),
  );
}

function isConstant(node: AnyNode | null): boolean {
  switch (node?.type) {
    case undefined:
      return true;
    case 'Literal':
      return node.regex === undefined;
    case 'UnaryExpression':
      return node.operator !== 'delete' && isConstant(node.argument);
    case 'ArrayExpression':
      return node.elements.every(isConstant);
    case 'ObjectExpression':
      return node.properties.every(
        (member) => member.type === 'Property' && !member.computed && !member.method && isConstant(member.value),
      );
    default:
      return false;
  }
}

/** A member of a literal or of a pattern. */
export function visitProperty(walk: Walk, node: Property | AssignmentProperty): number {
  const key = node.computed ? walk.visit(node.key) : NO_LINE;
  if (node.method || node.kind !== 'init') {
    visitFunction(walk, node.value as Extract<AnyNode, { type: 'FunctionExpression' }>); // its closure counts as part of the literal
    return key;
  }
  return mergeLines(key, visitNamed(walk, node.value));
}

export function visitBinary(walk: Walk, node: BinaryExpression): number {
  return walk.wrappable(
    node,
    () => walk.visitAll(children(node)),
    (inside) => operation(walk, node, inside),
  );
}

function operation(walk: Walk, node: BinaryExpression | AssignmentExpression, inside: Inside): Allocation | undefined {
  const { operator, left, right } = node;
  const isSum = operator === '+' || operator === '+=';
  if (!isSum && !isArithmetic(operator)) return walk.together(inside);
  const from = operatorOffset(walk.source, left.end);
  if (isBigInt(left) || isBigInt(right)) return walk.allocation(from, 'object');
  if (isSum) return walk.allocation(from, 'sum', node);
  return walk.together(inside) ?? walk.allocation(from, 'number');
}

export function visitUnary(walk: Walk, node: UnaryExpression): number {
  return walk.wrappable(
    node,
    () => visitReference(walk, node.argument),
    () => {
      if (node.operator === 'delete') return walk.allocation(node.start, 'object'); // V8 replaces the object's shape with a dictionary
      const computes = /^[-+]$/.test(node.operator) && node.argument.type !== 'Literal';
      return computes ? walk.allocation(node.start, 'number') : undefined;
    },
  );
}

/** An assignment may grow its object: its elements, or its properties. The latter is too rare for a wrapper of its own. */
export function visitAssignment(walk: Walk, node: AssignmentExpression): number {
  const { left, right, operator } = node;
  const givesName = left.type === 'Identifier' && /^(?:=|&&=|\|\|=|\?\?=)$/.test(operator);
  if (left.type === 'Identifier') walk.names.note(left.name, operator === '=' ? right : node);
  return walk.wrappable(
    node,
    () => mergeLines(visitTarget(walk, left), givesName ? visitNamed(walk, right) : walk.visit(right)),
    (inside) => {
      if (left.type === 'Identifier') return operation(walk, node, inside);
      const from = operatorOffset(walk.source, left.end);
      const grows = left.type === 'ArrayPattern' || (left.type === 'MemberExpression' && left.computed);
      const sameLine = inside.objects > 0 && inside.lines === walk.lineOf(from) && !isOwnField(node);
      if (grows || sameLine) return walk.allocation(from, 'object');
      return operator === '+=' ? walk.allocation(from, 'sum', node) : walk.allocation(from, 'number');
    },
  );
}

/** Visits the target of a write: notes the names in it, and what it allocates. */
export function visitTarget(walk: Walk, target: AnyNode): number {
  for (const name of patternNames(target)) walk.refer(name, true);
  return walk.visit(target);
}

/** `this.x = []`: an object has room for the fields of its constructor, and an arrow around `this` would cost each object a context. */
function isOwnField({ left, right, operator }: AssignmentExpression): boolean {
  return operator === '=' && left.type === 'MemberExpression' && left.object.type === 'ThisExpression' && !takesName(right);
}

export function visitCall(walk: Walk, node: CallExpression): number {
  if (isDirectEval(node)) return mergeLines(walk.visitAll(node.arguments), walk.evaluates(node.start));
  return walk.wrappable(
    node,
    () => mergeLines(visitReference(walk, node.callee), walk.visitAll(node.arguments)),
    (inside) =>
      isQuietCall(node)
        ? (walk.together(inside) ?? walk.allocation(callOffset(walk.source, node), 'number'))
        : walk.allocation(callOffset(walk.source, node), 'object'),
  );
}

export function visitTagged(walk: Walk, node: TaggedTemplateExpression): number {
  return walk.wrappable(
    node,
    () => mergeLines(visitReference(walk, node.tag), walk.visitAll(node.quasi.expressions)),
    () => walk.allocation(node.quasi.start, 'object'),
  );
}
