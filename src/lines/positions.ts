import type { AnyNode, CallExpression } from 'acorn';

export type FunctionNode = Extract<AnyNode, { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }>;

/** Where V8 puts a call: at the name that is called, or else at its parenthesis. */
export function callOffset({ callee }: CallExpression): number {
  if (callee.type === 'MemberExpression' && !callee.computed) return callee.property.start;
  return callee.type === 'Identifier' ? callee.start : callee.end - 1;
}

/** Where V8 says that a function starts: an arrow where it begins (at `async` too), any other at the parenthesis of its parameters. */
export function functionOffset(source: string, node: FunctionNode): number {
  if (node.type === 'ArrowFunctionExpression') return node.start;
  return Math.max(source.indexOf('(', node.id?.end ?? node.start), node.start);
}

export function isDirectEval({ callee }: CallExpression): boolean {
  return callee.type === 'Identifier' && callee.name === 'eval';
}
