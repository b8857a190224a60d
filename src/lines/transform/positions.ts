import type { AnyNode, CallExpression } from 'acorn';

export type FunctionNode = Extract<AnyNode, { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }>;

/** Between an operand and the next token. */
const GAP = /(?:[\s)]+|\/\/.*|\/\*[\s\S]*?\*\/)*/y;
/** Before the parameters of a function: its keywords, too. */
const HEAD = /(?:[\s\w*]+|\/\/.*|\/\*[\s\S]*?\*\/)*/y;

/** Offset of the operator behind a left operand that ends at `from`: comments may hold one, too. */
export function operatorOffset(source: string, from: number): number {
  return behind(GAP, source, from);
}

/** Where V8 puts a call: at the name, where its parenthesis follows one, or else at the parenthesis. */
export function callOffset(source: string, { callee, optional }: CallExpression): number {
  const name = callee.type === 'MemberExpression' && !callee.computed ? callee.property : callee;
  const gap = behind(GAP, source, callee.end);
  const isName = name.type === 'Identifier' && !optional && !source.slice(callee.end, gap).includes(')');
  if (isName) return name.start;
  return optional ? behind(GAP, source, gap + '?.'.length) : gap;
}

/** Where V8 says that a function starts: an arrow where it begins (at `async` too), any other at the parenthesis of its parameters. */
export function functionOffset(source: string, node: FunctionNode): number {
  return node.type === 'ArrowFunctionExpression' ? node.start : behind(HEAD, source, node.id?.end ?? node.start);
}

function behind(gap: RegExp, source: string, from: number): number {
  gap.lastIndex = from;
  gap.test(source);
  return gap.lastIndex;
}

export function isDirectEval({ callee }: CallExpression): boolean {
  return callee.type === 'Identifier' && callee.name === 'eval';
}
