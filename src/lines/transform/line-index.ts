/**
 * Converts offsets to lines as V8 counts them: LF, CRLF, a lone CR, U+2028 and U+2029 end a line anywhere, even in a template or a comment
 * (V8: `String::CalculateLineEnds`). Lines are 0-based here; columns are UTF-16 units.
 */
export interface LineIndex {
  readonly starts: readonly number[];
  lineOf(offset: number): number;
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

export function lineIndex(source: string): LineIndex {
  const starts = [0];
  for (const end of source.matchAll(LINE_END)) starts.push(end.index + end[0].length);
  let last = 0; // most questions are about the same line as the one before
  const lineOf = (offset: number): number => {
    if (offset < starts[last]! || offset >= (starts[last + 1] ?? Number.POSITIVE_INFINITY)) last = lastAtOrBefore(starts, offset);
    return last;
  };
  return { starts, lineOf };
}

function lastAtOrBefore(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
