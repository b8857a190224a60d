import type { AnyNode, CallExpression } from 'acorn';

export type FunctionNode = Extract<AnyNode, { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }>;

/** What may stand between an operand and the next token. */
const GAP = /(?:[\s)]+|\/\/.*|\/\*[\s\S]*?\*\/)*/y;
/** What may stand before the parameters of a function, including its keywords. */
const HEAD = /(?:[\s\w*]+|\/\/.*|\/\*[\s\S]*?\*\/)*/y;

/** The offset of the operator after a left operand that ends at `from`. Skips comments, which may contain an operator. */
export function operatorOffset(source: string, from: number): number {
  return behind(GAP, source, from);
}

/** Where V8 places a call: at the name if a parenthesis follows it directly, otherwise at the parenthesis. */
export function callOffset(source: string, { callee, optional }: CallExpression): number {
  const name = callee.type === 'MemberExpression' && !callee.computed ? callee.property : callee;
  const gap = behind(GAP, source, callee.end);
  const isName = name.type === 'Identifier' && !optional && !source.slice(callee.end, gap).includes(')');
  if (isName) return name.start;
  return optional ? behind(GAP, source, gap + '?.'.length) : gap;
}

/** Where V8 says that a function starts: an arrow at its beginning (including `async`), any other at the parenthesis of its parameters. */
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
