import { tokenizer } from 'acorn';
import { BadProfileError } from '../../errors.js';
import { inlineMap } from '../../source-maps/inline-map.js';
import { mapUrl } from '../../source-maps/map-comment.js';
import { VlqReader } from '../../text/vlq.js';
import type { LineIndex } from './line-index.js';

/** The lines to tell apart: those of the text, or those of the sources from which it was compiled. */
export interface SourceLines {
  /** A number that identifies the line; never negative. */
  lineOf(offset: number): number;
  /** The first offset of the line at or after `from`. */
  beginOf(line: number, from: number): number;
}

/**
 * A text with an inline source map has the lines of its sources, because in-memory compilers (esbuild in tsx) write a whole file on one
 * line. Any other text, or one whose map is invalid, has its own lines.
 */
export function sourceLines(source: string, index: LineIndex): SourceLines {
  const segments = inlineSegments(source, index);
  return segments ? mappedLines(segments, index) : ownLines(source, index);
}

function ownLines(source: string, { starts, lineOf }: LineIndex): SourceLines {
  const beginOf = (line: number): number => starts[line]! + (/\S/.exec(source.slice(starts[line], starts[line + 1]))?.index ?? 0);
  return { lineOf, beginOf };
}

/** Covers the text from `offset` to the next segment or the end of the line. */
interface Segment {
  readonly offset: number;
  readonly line: number;
}

/** The distance between line numbers of different sources. */
const SOURCE_LINES = 2 ** 26;
/** Lines without a source get numbers from here on. */
const OWN_LINES = 2 ** 50;

function mappedLines(segments: readonly Segment[], index: LineIndex): SourceLines {
  const lineOf = (offset: number): number => {
    const segment = segments[firstFrom(segments, offset + 1) - 1];
    const line = index.lineOf(offset);
    return segment && segment.offset >= index.starts[line]! ? segment.line : OWN_LINES + line;
  };
  const beginOf = (line: number, from: number): number => {
    for (let i = firstFrom(segments, from); i < segments.length; i++) if (segments[i]!.line === line) return segments[i]!.offset;
    return from;
  };
  return { lineOf, beginOf };
}

/** Index of the first segment at or after the offset. */
function firstFrom(segments: readonly Segment[], offset: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function inlineSegments(source: string, index: LineIndex): Segment[] | undefined {
  const map = inlineMap(mapUrl(source, () => tokenizer) ?? '');
  if (map === undefined) return undefined;
  try {
    const { mappings } = JSON.parse(map) as { mappings?: unknown };
    return typeof mappings === 'string' ? decode(mappings, index) : undefined;
  } catch {
    return undefined; // without a valid map only the sources' lines are lost
  }
}

/**
 * Decodes the `mappings` of a source map, version 3: `;` between lines, `,` between segments of column, source, line, …, each relative to
 * the one before.
 */
function decode(mappings: string, { starts }: LineIndex): Segment[] {
  const segments: Segment[] = [];
  let [source, original] = [0, 0];
  for (const [line, texts] of mappings.split(';', starts.length).entries()) {
    let column = 0;
    for (const text of texts.split(',')) {
      if (text === '') continue;
      const reader = new VlqReader(text, () => new BadProfileError('the mappings are damaged'));
      column += reader.signed();
      const isMapped = !reader.isAtEnd;
      if (isMapped) {
        source += reader.signed();
        original += reader.signed();
      }
      const offset = starts[line]! + column;
      if (column < 0 || source < 0 || original < 0 || offset >= (starts[line + 1] ?? Number.POSITIVE_INFINITY)) continue;
      segments.push({ offset, line: isMapped ? source * SOURCE_LINES + original : OWN_LINES + line });
    }
  }
  return segments.sort((a, b) => a.offset - b.offset);
}
