import type { AnyNode } from 'acorn';
import { lexicalNames, patternNames, varNames } from './bindings.js';
import { type EditLimits, type Entry, mergeLines, NO_END, NO_LINE } from './events.js';
import { type FunctionNode, functionOffset } from './positions.js';
import type { Walk } from './walk.js';

export type ClassNode = Extract<AnyNode, { type: 'ClassDeclaration' | 'ClassExpression' }>;

/** The characters of a wrapper around an expression: names of variables, and punctuation. */
const IN_WRAPPERS = /[\s\w$(),;=>]|[^\0-\x7f]/;

/** Whether a function or class has no name, and so takes that of the variable, property or default to which it is directly assigned. */
export function takesName(node: AnyNode): boolean {
  if (node.type === 'ArrowFunctionExpression') return true;
  return (node.type === 'FunctionExpression' || node.type === 'ClassExpression') && !node.id;
}

/** The value of `name = value`. An anonymous function must stay a bare value there, or it would lose its name. */
export function visitNamed(walk: Walk, value: AnyNode | null | undefined): number {
  if (!value || !takesName(value)) return walk.visit(value);
  return value.type === 'ClassExpression' ? visitClass(walk, value) : visitFunction(walk, value as FunctionNode);
}

/** Walks a function and returns the line of its closure, which the enclosing function allocates. */
export function visitFunction(walk: Walk, node: FunctionNode): number {
  walk.currentFunction.plain = false;
  const lastEnd = node.body.type === 'BlockStatement' ? NO_END : lastEndIn(walk.source, node);
  const entry = enter(walk, functionOffset(walk.source, node), { lastEnd, end: node.end, isInitialiser: false });
  const { lines, plain, usesArguments } = walk.inFunctionScope(() => {
    const found = visitParts(walk, node);
    return node.async || node.generator ? mergeLines(found, walk.lineOf(entry.at)) : found;
  });
  if (usesArguments && node.type === 'ArrowFunctionExpression') walk.currentFunction.usesArguments = true; // it uses its creator's object
  leave(walk, entry, node, plain && !node.async && !node.generator ? lines : NO_LINE);
  return walk.allocates(node.start);
}

/**
 * Parameters do not see the `var`s of the body. A `var` with a parameter's name may be that parameter or a variable of its own, which the
 * text does not show, so its `from` is Infinity.
 */
function visitParts(walk: Walk, { params, body }: FunctionNode): number {
  const names = params.flatMap(patternNames);
  const parameters = names.map((name) => ({ name, from: body.start, isParameter: true }));
  const variables = (body.type === 'BlockStatement' ? varNames(body) : []).map((name) => ({
    name,
    from: names.includes(name) ? Number.POSITIVE_INFINITY : body.start,
    isParameter: false,
  }));
  return walk.inScope(parameters, () =>
    mergeLines(
      walk.visitAll(params),
      walk.inScope(variables, () => walk.visit(body)),
    ),
  );
}

/** Field initialisers and static blocks are functions that V8 makes. We do not use their positions. */
function visitInitialiser(walk: Walk, { at, end }: { readonly at: number; readonly end: number }, children: () => void): void {
  enter(walk, at, { lastEnd: NO_END, end, isInitialiser: true });
  walk.inFunctionScope(() => {
    children();
    return NO_LINE;
  });
  walk.mark('leave', at);
}

/**
 * V8 compares the texts of a live edit character by character, and takes the first that fits as unchanged. In front of `)` an insertion that
 * begins with `)` counts as one behind it. At the end of an arrow without braces that is a change of the enclosing code. A character that no
 * wrapper contains stops this.
 */
function lastEndIn(source: string, { start, end }: FunctionNode): number {
  let last = end;
  while (last > start && IN_WRAPPERS.test(source[last - 1]!)) last--;
  return last - 1;
}

/** The name of a class is visible in its `extends` clause and computed keys, where it cannot be read yet. */
export function visitClass(walk: Walk, node: ClassNode): number {
  const name = node.id ? [{ name: node.id.name, from: Number.POSITIVE_INFINITY, isParameter: false }] : [];
  return walk.inScope(name, () => visitClassParts(walk, node));
}

function visitClassParts(walk: Walk, node: ClassNode): number {
  walk.currentFunction.plain = false;
  if (!walk.currentFunction.isProgram && hasBareFields(node)) walk.hasBareFields = true;
  let lines = mergeLines(walk.allocates(node.start), walk.visit(node.superClass));
  for (const member of node.body.body) {
    if (member.type === 'StaticBlock') {
      visitInitialiser(walk, { at: member.start, end: member.end }, () => visitBlock(walk, member.body));
      continue;
    }
    if (member.computed) lines = mergeLines(lines, walk.visit(member.key));
    if (member.type === 'MethodDefinition') visitFunction(walk, member.value);
    else visitInitialiser(walk, { at: member.key.end, end: member.end }, () => visitNamed(walk, member.value));
    if (member.type === 'PropertyDefinition') walk.mark('end', member.end);
  }
  return lines;
}

function hasBareFields({ body: { body: members } }: ClassNode): boolean {
  const hasConstructor = members.some((member) => member.type === 'MethodDefinition' && member.kind === 'constructor');
  return !hasConstructor && members.some((member) => member.type === 'PropertyDefinition' && !member.static);
}

/** A list of statements with a scope of its own. */
export function visitBlock(walk: Walk, statements: readonly AnyNode[]): number {
  return walk.inScope(lexicalNames(statements), () => visitList(walk, statements));
}

/** A wrapper begins with a parenthesis, which after an unterminated statement would turn that statement into a call. */
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

function enter(walk: Walk, at: number, editLimits: EditLimits): Entry {
  const entry: Entry = { kind: 'enter', at, line: NO_LINE, ...editLimits };
  walk.events.push(entry);
  return entry;
}

/** If the whole function, or everything that it allocates, is on one line, its own frame gives the line and it needs no wrapper. */
function leave(walk: Walk, entry: Entry, node: FunctionNode, lines: number): void {
  const line = walk.lineOf(entry.at);
  if (walk.lineOf(node.end) === line) entry.line = line;
  else if (lines >= 0) entry.line = lines;
  walk.mark('leave', node.end);
}
