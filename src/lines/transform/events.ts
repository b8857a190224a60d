import type { AssignmentExpression, BinaryExpression } from 'acorn';

/**
 * What an expression itself may allocate. `number`: a heap number or a field's box, which is too small and too frequent for a wrapper
 * unless it would be counted on another line. `sum`: a string or a number, which the types of the names decide.
 */
export type Weight = 'object' | 'number' | 'sum';

/** A place where a wrapper may open. The writer decides whether it does, because that depends on the enclosing code. */
export interface Opening {
  readonly kind: 'open';
  readonly at: number;
  readonly end: number;
  /** Whether the body needs parentheses: an arrow's body must not begin with a brace or be a bare comma expression. */
  readonly parenthesised: boolean;
  /** Whether the names in it may be properties of an object, by a `with`. */
  readonly isInWith: boolean;
  /** Absent if nothing here allocates, or if the expression must not be wrapped. */
  allocation?: Allocation;
  kept: boolean;
  /** The enclosing function, and the range of the walk's references that are inside the expression. */
  readonly owner: object;
  readonly firstReference: number;
  endReference: number;
  /** The variables that the wrapper takes as parameters; set if the opening is kept. */
  parameters: readonly string[];
}

export interface Allocation {
  /** The offset that V8 takes as the position: the operator of a sum, the method's name in a call. */
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

/** Facts about a function that limit V8's live edit. */
export interface EditLimits {
  /** A wrapper must end here or before: of an arrow without braces the last character that no wrapper has; NO_END for other functions. */
  readonly lastEnd: number;
  /** Where it ends. */
  readonly end: number;
  /** Whether it is V8's own function for the fields or a static block of a class. */
  readonly isInitialiser: boolean;
}

export const NO_END = Number.POSITIVE_INFINITY;

/** The beginning of a function or the program. `at` is the start position that V8 reports. */
export interface Entry extends EditLimits {
  readonly kind: 'enter';
  readonly at: number;
  /** The only line on which the function may allocate; NO_LINE if there are several. */
  line: number;
}

export interface Mark {
  /** `statement`: a parenthesis here would continue the line above. `end`: a statement may end here without a semicolon. */
  readonly kind: 'leave' | 'statement' | 'end';
  readonly at: number;
}

export type Event = Opening | Closing | Entry | Mark;

/** A set of 0-based lines, reduced to what we need: none, one, or several. */
export const NO_LINE = -1;
export const SEVERAL_LINES = -2;

export function mergeLines(a: number, b: number): number {
  if (a === NO_LINE || a === b) return b;
  return b === NO_LINE ? a : SEVERAL_LINES;
}
