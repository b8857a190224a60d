import type { AnyNode } from 'acorn';

type Child = AnyNode | null | undefined;

/** The children, in source order, of nodes that need no visitor of their own. A node type not listed has no child that can allocate. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  IfStatement: ['test', 'consequent', 'alternate'],
  WithStatement: ['object', 'body'],
  SwitchStatement: ['discriminant', 'cases'],
  TryStatement: ['block', 'handler', 'finalizer'],
  CatchClause: ['param', 'body'],
  LabeledStatement: ['body'],
  ForStatement: ['init', 'test', 'update', 'body'],
  ForInStatement: ['left', 'right', 'body'],
  ForOfStatement: ['left', 'right', 'body'],
  WhileStatement: ['test', 'body'],
  DoWhileStatement: ['body', 'test'],
  VariableDeclaration: ['declarations'],
  ReturnStatement: ['argument'],
  ThrowStatement: ['argument'],
  ExpressionStatement: ['expression'],
  ExportNamedDeclaration: ['declaration'],
  ExportDefaultDeclaration: ['declaration'],
  ArrayExpression: ['elements'],
  ObjectExpression: ['properties'],
  SpreadElement: ['argument'],
  RestElement: ['argument'],
  UnaryExpression: ['argument'],
  UpdateExpression: ['argument'],
  BinaryExpression: ['left', 'right'],
  LogicalExpression: ['left', 'right'],
  ConditionalExpression: ['test', 'consequent', 'alternate'],
  SequenceExpression: ['expressions'],
  YieldExpression: ['argument'],
  AwaitExpression: ['argument'],
  TemplateLiteral: ['expressions'],
  ImportExpression: ['source', 'options'],
  ChainExpression: ['expression'],
  ObjectPattern: ['properties'],
  ArrayPattern: ['elements'],
};

export function children(node: AnyNode): Child[] {
  const found: Child[] = [];
  for (const key of KEYS[node.type] ?? []) {
    const child = (node as unknown as Record<string, Child | Child[]>)[key];
    if (!Array.isArray(child)) found.push(child);
    else for (const one of child) found.push(one); // not spread: a list may exceed the 120,000 arguments that a call can take
  }
  return found;
}
