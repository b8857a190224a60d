/**
 * What is needed to map positions of a transformed text to the original, as plain numbers that a cache can store as JSON. All lines and
 * columns here are 0-based and count UTF-16 units, as in CDP. Edits keep all lines and only shift columns.
 */
export interface PositionTable {
  /**
   * Four numbers a wrapper: line and column of its start in the transformed text, as V8 reports them for its frames (after the first
   * parenthesis that we add), then line and column of the allocation in the original text. The two lines differ if an expression allocates
   * on a later line than it begins on, as in a chain of calls over several lines.
   */
  readonly wrappers: readonly number[];
  /**
   * Four numbers for each function of the program without wrappers, which allocates on one line at most: its start in the transformed text,
   * then that line and column in the original text. Its frames stay and get this line.
   */
  readonly functions: readonly number[];
  /** Three numbers an edit, in ascending order: its line, its column in the transformed text, and the number of inserted characters. */
  readonly edits: readonly number[];
}

export interface OriginalPosition {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/** Looks up positions in one script. All arguments are V8's positions: 0-based, in the transformed text. */
export interface PositionLookup {
  /** The original position of the wrapper that starts here; undefined if a function of the program starts here. */
  wrapperAt(line: number, column: number): OriginalPosition | undefined;
  /** The only line on which the function that starts here allocates, if there is just one. */
  functionAt(line: number, column: number): OriginalPosition | undefined;
  /** The original position of any other place in the transformed text. */
  originalPosition(line: number, column: number): OriginalPosition;
  /** Number of characters that the transformed text has more than the original. */
  readonly inserted: number;
  /** The text without what was inserted. */
  originalText(transformed: string): string;
}

export function positionLookup({ wrappers, functions, edits }: PositionTable): PositionLookup {
  const byWrapper = positions(wrappers);
  const byFunction = positions(functions);
  return {
    wrapperAt: (line, column) => byWrapper.get(key(line, column)),
    functionAt: (line, column) => byFunction.get(key(line, column)),
    originalPosition: (line, column) => ({ line: line + 1, column: column - insertedBefore(edits, line, column) + 1 }),
    inserted: edits.reduce((sum, value, i) => (i % 3 === 2 ? sum + value : sum), 0),
    originalText: (text) => withoutEdits(text, edits),
  };
}

function withoutEdits(text: string, edits: readonly number[]): string {
  const kept: string[] = [];
  const lineEnd = /\r\n|[\n\r\u2028\u2029]/g;
  let [line, lineStart, from] = [0, 0, 0];
  for (let i = 0; i < edits.length; i += 3) {
    for (; line < edits[i]! && lineEnd.test(text); line++) lineStart = lineEnd.lastIndex;
    const at = lineStart + edits[i + 1]!;
    kept.push(text.slice(from, at));
    from = at + edits[i + 2]!;
  }
  return kept.join('') + text.slice(from);
}

function positions(table: readonly number[]): Map<number, OriginalPosition> {
  const found = new Map<number, OriginalPosition>();
  for (let i = 0; i < table.length; i += 4) {
    found.set(key(table[i]!, table[i + 1]!), { line: table[i + 2]! + 1, column: table[i + 3]! + 1 });
  }
  return found;
}

/** Exact, because a text has less than 2 ** 30 characters (V8's limit), so that the key stays below 2 ** 53. */
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
