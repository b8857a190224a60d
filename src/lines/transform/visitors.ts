import type { AnyNode } from 'acorn';
import { declaredBy, lexicalNames, patternNames } from './bindings.js';
import { children } from './children.js';
import { mergeLines, NO_LINE } from './events.js';
import {
  visitAssignment,
  visitBinary,
  visitCall,
  visitLiteral,
  visitProperty,
  visitTagged,
  visitTarget,
  visitUnary,
} from './expressions.js';
import { takesName, visitBlock, visitClass, visitFunction, visitList, visitNamed } from './functions.js';
import { visitChain, visitMember, visitNew } from './references.js';
import type { Visitor, Walk } from './walk.js';

type NodeOf<Type extends AnyNode['type']> = Extract<AnyNode, { type: Type }>;
type Visitors = { readonly [Type in AnyNode['type']]?: (walk: Walk, node: NodeOf<Type>) => number };

const VISITORS: Visitors = {
  BlockStatement: (walk, node) => visitBlock(walk, node.body),
  SwitchStatement: (walk, node) => {
    const lines = walk.visit(node.discriminant);
    const declared = lexicalNames(
      node.cases.flatMap(({ consequent }) => consequent),
      true,
    );
    return mergeLines(
      lines,
      walk.inScope(declared, () => walk.visitAll(node.cases)),
    );
  },
  CatchClause: (walk, node) => {
    const declared = patternNames(node.param ?? null).map((name) => ({ name, from: node.body.start, isParameter: false }));
    return walk.inScope(declared, () => visitChildren(walk, node));
  },
  WithStatement: (walk, node) => walk.inWith(() => visitChildren(walk, node)),
  UpdateExpression: (walk, node) => visitTarget(walk, node.argument),
  SwitchCase: (walk, node) => mergeLines(walk.visit(node.test), visitList(walk, node.consequent)),
  ExpressionStatement: (walk, node) => (node.directive === undefined ? visitTerminated(walk, node) : NO_LINE),
  VariableDeclaration: visitTerminated,
  ReturnStatement: visitTerminated,
  ThrowStatement: visitTerminated,
  ExportDefaultDeclaration: (walk, node) => {
    const lines = takesName(node.declaration) ? visitNamed(walk, node.declaration) : walk.visit(node.declaration);
    walk.mark('end', node.end);
    return lines;
  },
  ForStatement: visitLoop,
  ForInStatement: visitLoop,
  ForOfStatement: visitLoop,
  WhileStatement: visitLoop,
  DoWhileStatement: visitLoop,
  VariableDeclarator: (walk, node) => {
    if (node.id.type === 'Identifier' && node.init) walk.names.note(node.id.name, node.init);
    const lines = walk.visit(node.id);
    return mergeLines(lines, node.id.type === 'Identifier' ? visitNamed(walk, node.init) : walk.visit(node.init));
  },
  AssignmentPattern: (walk, node) => {
    if (node.left.type === 'Identifier') walk.names.note(node.left.name, node.right);
    const lines = walk.visit(node.left);
    return mergeLines(lines, node.left.type === 'Identifier' ? visitNamed(walk, node.right) : walk.visit(node.right));
  },
  ArrayPattern: (walk, node) => mergeLines(walk.visitAll(node.elements), walk.allocates(node.start)),
  RestElement: (walk, node) => mergeLines(walk.visit(node.argument), walk.allocates(node.start)),
  FunctionDeclaration: visitFunction,
  FunctionExpression: (walk, node) => visitCreated(walk, node, visitFunction),
  ArrowFunctionExpression: (walk, node) => visitCreated(walk, node, visitFunction),
  ClassDeclaration: visitClass,
  ClassExpression: (walk, node) => visitCreated(walk, node, visitClass),
  Identifier: (walk, node) => {
    if (node.name === 'arguments') {
      walk.currentFunction.plain = false;
      walk.currentFunction.usesArguments = true;
    }
    walk.refer(node.name, false);
    return NO_LINE;
  },
  Literal: (walk, node) => (node.regex ? visitCreated(walk, node, () => NO_LINE) : NO_LINE),
  TemplateLiteral: (walk, node) => (node.expressions.length > 0 ? visitCreated(walk, node, visitChildren) : NO_LINE),
  ImportExpression: (walk, node) => visitCreated(walk, node, visitChildren),
  ArrayExpression: visitLiteral,
  ObjectExpression: visitLiteral,
  Property: visitProperty,
  BinaryExpression: visitBinary,
  UnaryExpression: visitUnary,
  AssignmentExpression: visitAssignment,
  SequenceExpression: (walk, node) =>
    walk.wrappable(
      node,
      () => visitChildren(walk, node),
      (inside) => walk.together(inside),
    ),
  MemberExpression: visitMember,
  ChainExpression: visitChain,
  CallExpression: visitCall,
  NewExpression: visitNew,
  TaggedTemplateExpression: visitTagged,
  AwaitExpression: visitSuspension,
  YieldExpression: visitSuspension,
};

export const visitor: Visitor = (walk, node) => {
  const visit = VISITORS[node.type] as Visitor | undefined;
  return visit ? visit(walk, node) : visitChildren(walk, node);
};

function visitChildren(walk: Walk, node: AnyNode): number {
  return walk.visitAll(children(node));
}

/** An expression whose value is a new object. */
function visitCreated<Node extends AnyNode>(walk: Walk, node: Node, inner: (walk: Walk, node: Node) => number): number {
  return walk.wrappable(
    node,
    () => inner(walk, node),
    () => walk.allocation(node.start, 'object'),
  );
}

function visitTerminated(walk: Walk, node: AnyNode): number {
  const lines = visitChildren(walk, node);
  walk.mark('end', node.end);
  return lines;
}

function visitSuspension(walk: Walk, node: AnyNode): number {
  return mergeLines(visitChildren(walk, node), walk.suspends(node.start));
}

type Loop = NodeOf<'ForStatement' | 'ForInStatement' | 'ForOfStatement' | 'WhileStatement' | 'DoWhileStatement'>;

/**
 * A declaration in a loop's head is no statement, so no semicolon may be added after it. An iteration allocates its iterator and results.
 */
function visitLoop(walk: Walk, node: Loop): number {
  let lines = NO_LINE;
  if (node.type === 'ForInStatement' || node.type === 'ForOfStatement') {
    lines = node.type === 'ForOfStatement' && node.await ? walk.suspends(node.start) : walk.allocates(node.start);
  }
  // If the loop contains a closure, V8 disposes twice of what a `using` in such a head declares (24, 26).
  const closureless = Number(node.type === 'ForStatement' && node.init?.type === 'VariableDeclaration' && /using$/.test(node.init.kind));
  walk.currentFunction.loops++;
  walk.currentFunction.closureless += closureless;
  lines = mergeLines(
    lines,
    walk.inScope(headNames(node), () => visitHeadAndBody(walk, node)),
  );
  walk.currentFunction.loops--;
  walk.currentFunction.closureless -= closureless;
  return lines;
}

function headNames(node: Loop): ReturnType<typeof declaredBy> {
  const head =
    node.type === 'ForStatement' ? node.init : node.type === 'ForInStatement' || node.type === 'ForOfStatement' ? node.left : null;
  if (head?.type !== 'VariableDeclaration' || head.kind === 'var') return [];
  return declaredBy(head, node.type === 'ForStatement' ? undefined : node.body.start);
}

function visitHeadAndBody(walk: Walk, node: Loop): number {
  let lines = NO_LINE;
  for (const child of children(node)) {
    if (!child) continue;
    const head = child.type === 'VariableDeclaration' && child !== node.body;
    const target = (node.type === 'ForInStatement' || node.type === 'ForOfStatement') && child === node.left;
    if (head) lines = mergeLines(lines, visitChildren(walk, child));
    else lines = mergeLines(lines, target ? visitTarget(walk, child) : walk.visit(child));
  }
  return lines;
}
