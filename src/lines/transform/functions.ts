import type { AnyNode } from 'acorn';
import { lexicalNames, patternNames, varNames } from './bindings.js';
import { type Borders, type Entry, mergeLines, NO_END, NO_LINE } from './events.js';
import { type FunctionNode, functionOffset } from './positions.js';
import type { Walk } from './walk.js';

export type ClassNode = Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>;

/** A function or class without a name of its own takes that of the variable, property or default it is given to, if it stands there itself. */
export function takesName(node: AnyNode): boolean {
  if (node.type === 'ArrowFunctionExpression') return true;
  return (node.type === 'FunctionExpression' || node.type === 'ClassExpression') && !node.id;
}

/** The value of `name = value`, where an anonymous function must stay a bare value. */
export function visitNamed(walk: Walk, value: AnyNode | null | undefined): number {
  if (!value || !takesName(value)) return walk.visit(value);
  return value.type === 'ClassExpression' ? visitClass(walk, value) : visitFunction(walk, value as FunctionNode);
}

/** Walks a function and returns the line of its closure, which its creator allocates. */
export function visitFunction(walk: Walk, node: FunctionNode): number {
  walk.currentFunction.plain = false;
  const bareEnd = node.body.type === 'BlockStatement' ? NO_END : node.end;
  const entry = enter(walk, functionOffset(walk.source, node), { bareEnd, isInitialiser: false });
  const { lines, plain, usesArguments } = walk.inFunctionScope(() => {
    const found = visitParts(walk, node);
    return node.async || node.generator ? mergeLines(found, walk.lineOf(entry.at)) : found;
  });
  if (usesArguments && node.type === 'ArrowFunctionExpression') walk.currentFunction.usesArguments = true; // an arrow has its creator's
  leave(walk, entry, node, plain && !node.async && !node.generator ? lines : NO_LINE);
  return walk.allocates(node.start);
}

/** The parameters do not see the body's `var`s. One that has a parameter's name is that parameter, or another variable: not to be told. */
function visitParts(walk: Walk, { params, body }: FunctionNode): number {
  const names = params.flatMap(patternNames);
  const parameters = names.map((name) => ({ name, from: body.start, parameter: true }));
  const variables = (body.type === 'BlockStatement' ? varNames(body) : []).map((name) => ({
    name,
    from: names.includes(name) ? Number.POSITIVE_INFINITY : body.start,
    parameter: false,
  }));
  return walk.inScope(parameters, () =>
    mergeLines(
      walk.visitAll(params),
      walk.inScope(variables, () => walk.visit(body)),
    ),
  );
}

/** Field initialisers and static blocks are functions of V8's own, whose position we do not use. */
function visitInitialiser(walk: Walk, at: number, children: () => void): void {
  enter(walk, at, { bareEnd: NO_END, isInitialiser: true });
  walk.inFunctionScope(() => {
    children();
    return NO_LINE;
  });
  walk.mark('leave', at);
}

/** What a class extends and its computed keys see its name already, before it can be read. */
export function visitClass(walk: Walk, node: ClassNode): number {
  const name = node.id ? [{ name: node.id.name, from: Number.POSITIVE_INFINITY, parameter: false }] : [];
  return walk.inScope(name, () => visitClassParts(walk, node));
}

function visitClassParts(walk: Walk, node: ClassNode): number {
  walk.currentFunction.plain = false;
  let lines = mergeLines(walk.allocates(node.start), walk.visit(node.superClass));
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') {
      visitInitialiser(walk, member.start, () => visitBlock(walk, member.body));
      continue;
    }
    if (member.computed) lines = mergeLines(lines, walk.visit(member.key));
    if (member.type === 'MethodDefinition') visitFunction(walk, member.value);
    else visitInitialiser(walk, member.key.end, () => visitNamed(walk, member.value));
    if (member.type === 'PropertyDefinition') walk.mark('end', member.end);
  }
  return lines;
}

/** A list with a scope of its own. */
export function visitBlock(walk: Walk, statements: readonly AnyNode[]): number {
  return walk.inScope(lexicalNames(statements), () => visitList(walk, statements));
}

/** A list of statements: an expression of ours begins with a parenthesis, which would call an unterminated statement before it. */
export function visitList(walk: Walk, statements: readonly AnyNode[]): number {
  let lines = NO_LINE;
  let previous: AnyNode | undefined;
  for (const statement of statements) {
    if (previous && statement.type === 'ExpressionStatement' && walk.source[previous.end - 1] !== ';')
      walk.mark('statement', statement.start);
    lines = mergeLines(lines, walk.visit(statement));
    previous = statement;
  }
  return lines;
}

function enter(walk: Walk, at: number, borders: Borders): Entry {
  const entry: Entry = { kind: 'enter', at, line: NO_LINE, ...borders };
  walk.events.push(entry);
  return entry;
}

/** All of the function on one line, or all that it allocates: then its own frame tells the line, and it needs no wrapper. */
function leave(walk: Walk, entry: Entry, node: FunctionNode, lines: number): void {
  const line = walk.lineOf(entry.at);
  if (walk.lineOf(node.end) === line) entry.line = line;
  else if (lines >= 0) entry.line = lines;
  walk.mark('leave', node.end);
}
