/**
 * What the ingest needs to read positions of a transformed text, as plain numbers, so that a cache can keep it as JSON. All lines and columns
 * in here are 0-based and count UTF-16 units, as in CDP. No edit adds or moves a line: the lines of both texts agree, columns shift.
 */
export interface PositionTable {
  /**
   * Four numbers a wrapper: line and column of its start in the transformed text, as V8 reports them for its frames (the parenthesis after
   * the one that we put first), then line and column of what it stands for in the original text. The two lines differ where an
   * expression allocates on a later line than it begins on: a chain of calls over several lines.
   */
  readonly wrappers: readonly number[];
  /**
   * Four numbers a function of the program that got no wrappers, because all it may allocate is on one line: its start in the transformed
   * text, then that line and column in the original text. Its frames stay, with this line.
   */
  readonly functions: readonly number[];
  /** Three numbers an edit, ascending: its line, its column in the transformed text, and the number of characters inserted there. */
  readonly edits: readonly number[];
}

export interface OriginalPosition {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** Answers for one script. Every position asked for is V8's: 0-based, in the transformed text. */
export interface PositionLookup {
  /** What the wrapper that starts here stands for; undefined if no wrapper does: then it is a function of the program's. */
  wrapperAt(line: number, column: number): OriginalPosition | undefined;
  /** The one line on which the function that starts here allocates, if there is one. */
  functionAt(line: number, column: number): OriginalPosition | undefined;
  /** Where any other position of the transformed text stands in the original. */
  originalPosition(line: number, column: number): OriginalPosition;
}

export function positionLookup({ wrappers, functions, edits }: PositionTable): PositionLookup {
  const byWrapper = positions(wrappers);
  const byFunction = positions(functions);
  return {
    wrapperAt: (line, column) => byWrapper.get(key(line, column)),
    functionAt: (line, column) => byFunction.get(key(line, column)),
    originalPosition: (line, column) => ({ line: line + 1, column: column - insertedBefore(edits, line, column) + 1 }),
  };
}

function positions(table: readonly number[]): Map<number, OriginalPosition> {
  const found = new Map<number, OriginalPosition>();
  for (let i = 0; i < table.length; i += 4) {
    found.set(key(table[i]!, table[i + 1]!), { line: table[i + 2]! + 1, column: table[i + 3]! + 1 });
  }
  return found;
}

/** Exact: a text has less than 2 ** 30 characters (V8's limit), and both factors of it stay below 2 ** 53. */
function key(line: number, column: number): number {
  return line * 2 ** 30 + column;
}

function insertedBefore(edits: readonly number[], line: number, column: number): number {
  let index = firstEditOf(edits, line);
  let inserted = 0;
  for (; edits[index] === line && edits[index + 1]! <= column; index += 3) {
    inserted += Math.min(edits[index + 2]!, column - edits[index + 1]!);
  }
  return inserted;
}

function firstEditOf(edits: readonly number[], line: number): number {
  let low = 0;
  let high = edits.length / 3;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edits[middle * 3]! < line) low = middle + 1;
    else high = middle;
  }
  return low * 3;
}
