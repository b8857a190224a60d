import type { AnyNode } from 'acorn';
import { type Reference, Scopes } from './bindings.js';
import { type Allocation, type Event, mergeLines, NO_LINE, type Opening } from './events.js';
import type { SourceLines } from './mapped-lines.js';
import { Names } from './operand-types.js';

/** What the walk counts for one function while it is inside its body. */
export interface FunctionScope {
  readonly isProgram: boolean;
  /** Awaits, yields and direct evals so far. An expression during which this number grows cannot be moved into an arrow. */
  suspends: number;
  /** Allocations of weight `object` so far. */
  objects: number;
  /** Offset of the last of them. */
  last: number;
  loops: number;
  /** Enclosing loops in which we must not add a closure. */
  closureless: number;
  /** False if the function may allocate something that none of its expressions shows: a context or its arguments object. */
  plain: boolean;
  /** Whether its arguments object may change its parameters at any time. */
  usesArguments: boolean;
}

/** What the walk of an expression's children found in total. */
export interface Inside {
  readonly lines: number;
  readonly objects: number;
}

export type Visitor = (walk: Walk, node: AnyNode) => number;

/**
 * Walks the tree once, in source order, and produces events in source order. Every visit returns the set of lines (see mergeLines) on which
 * the node may allocate directly in its own function.
 */
export class Walk {
  readonly events: Event[] = [];
  readonly names = new Names();
  readonly scopes = new Scopes();
  readonly references: Reference[] = [];
  currentFunction: FunctionScope = newFunctionScope({ isProgram: true });
  /** Whether a class inside of a function has fields of its instances, and no constructor in its text. */
  hasBareFields = false;
  /** Enclosing `with` statements, also those around the current function. */
  #withs = 0;
  readonly source: string;
  readonly #lines: SourceLines;
  readonly #visitor: Visitor;

  constructor(source: string, lines: SourceLines, visitor: Visitor) {
    this.source = source;
    this.#lines = lines;
    this.#visitor = visitor;
  }

  lineOf(offset: number): number {
    return this.#lines.lineOf(offset);
  }

  visit(node: AnyNode | null | undefined): number {
    return node ? this.#visitor(this, node) : NO_LINE;
  }

  visitAll(nodes: readonly (AnyNode | null | undefined)[]): number {
    let lines = NO_LINE;
    for (const node of nodes) lines = mergeLines(lines, this.visit(node));
    return lines;
  }

  mark(kind: 'statement' | 'end' | 'leave', at: number): void {
    this.events.push({ kind, at });
  }

  /** Something at this offset allocates, and cannot be wrapped by itself. */
  allocates(from: number): number {
    this.currentFunction.objects++;
    this.currentFunction.last = from;
    return this.lineOf(from);
  }

  /** The program reads or writes a variable here. */
  refer(name: string, written: boolean): void {
    const known = this.scopes.find(name);
    if (known === undefined) return;
    const { binding } = known.read;
    if (binding.owner === this.currentFunction) this.references.push(written ? known.write : known.read);
    else binding.captured = true;
  }

  /** Walks code that has a scope of its own. */
  inScope<Result>(declared: Parameters<Scopes['enter']>[1], children: () => Result): Result {
    if (declared.length === 0) return children();
    this.scopes.enter(this.currentFunction, declared);
    try {
      return children();
    } finally {
      this.scopes.leave();
    }
  }

  /** Walks the body of a `with`. Its object may have any visible variable as a property. */
  inWith(children: () => number): number {
    this.scopes.exposeAll();
    this.#withs++;
    try {
      return children();
    } finally {
      this.#withs--;
    }
  }

  /** An await, a yield or a direct eval: an expression that contains it cannot become an arrow's body in the same function. */
  suspends(from: number): number {
    this.currentFunction.suspends++;
    return this.allocates(from);
  }

  /** A direct eval may also read, write and declare any visible variable. */
  evaluates(from: number): number {
    this.scopes.exposeAll();
    return this.suspends(from);
  }

  /** An allocation by the node itself. Code that runs once can afford a wrapper for every sum that may be a string. */
  allocation(from: number, weight: Allocation['weight'], sum?: Allocation['sum']): Allocation {
    const runsOnce = this.currentFunction.isProgram && this.currentFunction.loops === 0;
    const line = this.lineOf(from);
    if (sum === undefined) return { from, line, weight };
    return runsOnce ? { from, line, weight: 'object' } : { from, line, weight, sum };
  }

  /** If an expression allocates nothing itself but several of its parts do on one line, one wrapper serves them all. */
  together({ lines, objects }: Inside): Allocation | undefined {
    return objects > 1 && lines >= 0 ? { from: this.currentFunction.last, line: lines, weight: 'object' } : undefined;
  }

  /** An expression that may be wrapped. After its children are known, `own` says whether and where it allocates itself. */
  wrappable(node: AnyNode, children: () => number, own: (inside: Inside) => Allocation | undefined): number {
    const parenthesised = node.type === 'SequenceExpression' || this.source[node.start] === '{';
    const firstReference = this.references.length;
    const owner = this.currentFunction;
    const opening: Opening = {
      kind: 'open',
      at: node.start,
      end: node.end,
      parenthesised,
      isInWith: this.#withs > 0,
      kept: false,
      owner,
      firstReference,
      endReference: 0,
      parameters: [],
    };
    this.events.push(opening);
    const { suspends, objects } = this.currentFunction;
    const lines = children();
    const allocation = own({ lines, objects: this.currentFunction.objects - objects });
    if (allocation === undefined) {
      if (this.events.at(-1) === opening) this.events.pop();
      return lines;
    }
    if (allocation.weight === 'object') this.allocates(allocation.from);
    if (this.currentFunction.suspends === suspends && this.currentFunction.closureless === 0) {
      opening.allocation = allocation;
      opening.endReference = this.references.length;
      this.events.push({ kind: 'close', at: node.end, opening });
    }
    return mergeLines(lines, allocation.line);
  }

  /** Walks a function's body, whose lines do not belong to its creator. Returns them and what else is known of the function. */
  inFunctionScope(children: () => number): Pick<FunctionScope, 'plain' | 'usesArguments'> & { lines: number } {
    const outer = this.currentFunction;
    this.currentFunction = newFunctionScope({ isProgram: false });
    try {
      return { lines: children(), plain: this.currentFunction.plain, usesArguments: this.currentFunction.usesArguments };
    } finally {
      this.currentFunction = outer;
    }
  }
}

function newFunctionScope({ isProgram }: Pick<FunctionScope, 'isProgram'>): FunctionScope {
  return { isProgram, suspends: 0, objects: 0, last: 0, loops: 0, closureless: 0, plain: true, usesArguments: false };
}
