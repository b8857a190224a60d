import type { AssignmentExpression, BinaryExpression } from 'acorn';

/**
 * What an expression may allocate by itself. `number`: a heap number or a field's box, too small and too frequent for a wrapper of its own
 * unless it would otherwise be counted on a foreign line. `sum`: a string or a number, which the names' evidence decides.
 */
export type Weight = 'object' | 'number' | 'sum';

/** A place where a wrapper may open. Whether it does depends on what encloses it, so the writer decides. */
export interface Opening {
  readonly kind: 'open';
  readonly at: number;
  readonly end: number;
  /** An arrow's body must not begin with a brace, nor be a bare comma expression. */
  readonly parenthesised: boolean;
  /** Absent: nothing here allocates, or the expression must not be wrapped. */
  allocation?: Allocation;
  kept: boolean;
  /** The function it stands in, and which of the walk's references stand in it. */
  readonly owner: object;
  readonly firstReference: number;
  endReference: number;
  /** The variables that it takes as parameters, as a list; set when it is kept. */
  parameters: string;
}

export interface Allocation {
  /** Offset of what V8 takes for the position: the operator of a sum, the method's name of a call. */
  readonly from: number;
  readonly line: number;
  readonly weight: Weight;
  readonly sum?: BinaryExpression | AssignmentExpression;
}

export interface Closing {
  readonly kind: 'close';
  readonly at: number;
  readonly opening: Opening;
}

/** What V8's live edit is particular about. */
export interface Borders {
  /** Where the function ends with an expression, as arrows without braces do; NO_END for others. */
  readonly bareEnd: number;
  /** V8's own function of a class's fields, or a static block. */
  readonly isInitialiser: boolean;
}

export const NO_END = -1;

/** A function (or the program) begins: `at` is where V8 says that it starts. */
export interface Entry extends Borders {
  readonly kind: 'enter';
  readonly at: number;
  /** The one line on which everything is that the function may allocate; NO_LINE if there are several. */
  line: number;
}

export interface Mark {
  /** `statement`: here a parenthesis would continue the line above. `end`: here a statement may end without a semicolon. */
  readonly kind: 'leave' | 'statement' | 'end';
  readonly at: number;
}

export type Event = Opening | Closing | Entry | Mark;

/** A set of 0-based lines, as far as we need to know it: none, one, or several. */
export const NO_LINE = -1;
export const SEVERAL_LINES = -2;

export function mergeLines(a: number, b: number): number {
  if (a === NO_LINE || a === b) return b;
  return b === NO_LINE ? a : SEVERAL_LINES;
}
