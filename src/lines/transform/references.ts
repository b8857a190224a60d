import type { AnyNode, CallExpression, ChainExpression, MemberExpression, NewExpression } from 'acorn';
import { children } from './children.js';
import { type Allocation, mergeLines, NO_LINE } from './events.js';
import { visitClass, visitFunction } from './functions.js';
import { callOffset, type FunctionNode, isDirectEval } from './positions.js';
import type { Walk } from './walk.js';

/**
 * Visits what is called, deleted or used as a tag. `a.b` and `(a?.b)` pass their object as `this`, so they must stay references. Member
 * expressions are never wrapped anyway, so only chains need care.
 */
export function visitReference(walk: Walk, node: AnyNode): number {
  return node.type === 'ChainExpression' && node.expression.type === 'MemberExpression' ? visitLinks(walk, node) : walk.visit(node);
}

export function visitMember(walk: Walk, node: MemberExpression): number {
  return mergeLines(walk.visit(node.object), node.computed ? walk.visit(node.property) : NO_LINE);
}

/** A `?.` on nothing ends its whole chain, so everything from the first `?.` on stays in one piece, with one line or none. */
export function visitChain(walk: Walk, node: ChainExpression): number {
  let found = NO_LINE;
  return walk.wrappable(
    node,
    () => {
      const before = walk.currentFunction.objects;
      const lines = visitLinks(walk, node);
      if (walk.currentFunction.objects > before) found = chainLine(walk, node);
      return lines;
    },
    (): Allocation | undefined => (found >= 0 ? { from: walk.currentFunction.last, line: found, weight: 'object' } : undefined),
  );
}

type Link = MemberExpression | CallExpression;

function isLink(node: AnyNode): node is Link {
  return node.type === 'MemberExpression' || node.type === 'CallExpression';
}

function next(link: Link): AnyNode {
  return link.type === 'MemberExpression' ? link.object : link.callee;
}

/** The links from the first `?.` of the chain on, last link first. */
function optionalLinks(chain: ChainExpression): Link[] {
  const links: Link[] = [];
  let first = 0;
  for (let node: AnyNode = chain.expression; isLink(node); node = next(node)) {
    links.push(node);
    if (node.optional) first = links.length;
  }
  return links.slice(0, first);
}

function chainLine(walk: Walk, chain: ChainExpression): number {
  let lines = NO_LINE;
  for (const link of optionalLinks(chain))
    if (link.type === 'CallExpression') lines = mergeLines(lines, walk.lineOf(callOffset(walk.source, link)));
  return lines;
}

function visitLinks(walk: Walk, chain: ChainExpression): number {
  const links = optionalLinks(chain);
  let lines = walk.visit(next(links.at(-1)!));
  for (const link of links.reverse()) {
    if (link.type === 'MemberExpression') lines = mergeLines(lines, link.computed ? walk.visit(link.property) : NO_LINE);
    else lines = mergeLines(mergeLines(lines, walk.visitAll(link.arguments)), walk.allocates(callOffset(walk.source, link)));
    if (link.type === 'CallExpression' && isDirectEval(link)) walk.evaluates(link.start);
  }
  return lines;
}

export function visitNew(walk: Walk, node: NewExpression): number {
  return walk.wrappable(
    node,
    () => mergeLines(visitConstructor(walk, node.callee), walk.visitAll(node.arguments)),
    () => walk.allocation(node.start, 'object'),
  );
}

/** `new` takes the first call that it meets as its own, so nothing on the left edge of the constructor expression may become a call. */
function visitConstructor(walk: Walk, node: AnyNode): number {
  switch (node.type) {
    case 'MemberExpression':
      return mergeLines(visitConstructor(walk, node.object), node.computed ? walk.visit(node.property) : NO_LINE);
    case 'TaggedTemplateExpression':
      return mergeLines(
        visitConstructor(walk, node.tag),
        mergeLines(walk.visitAll(node.quasi.expressions), walk.allocates(node.quasi.start)),
      );
    case 'CallExpression':
      if (isDirectEval(node)) return walk.visit(node);
      return mergeLines(
        visitConstructor(walk, node.callee),
        mergeLines(walk.visitAll(node.arguments), walk.allocates(callOffset(walk.source, node))),
      );
    case 'NewExpression':
      return mergeLines(visitConstructor(walk, node.callee), mergeLines(walk.visitAll(node.arguments), walk.allocates(node.start)));
    case 'ClassExpression':
      return visitClass(walk, node);
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return visitFunction(walk, node as FunctionNode);
    case 'ChainExpression':
      return visitLinks(walk, node);
    case 'ArrayExpression':
    case 'ObjectExpression':
    case 'TemplateLiteral':
    case 'Literal':
      return walk.visitAll(children(node));
    default:
      return walk.visit(node);
  }
}
