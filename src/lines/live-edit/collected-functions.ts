import type { Node } from 'acorn';
import { CommandError } from '../../errors.js';
import { evaluateOwn } from '../../protocol/evaluate.js';
import type { HoldOn } from '../../protocol/held-turn.js';
import type { Session } from '../../protocol/session.js';

/** The range of a function in a text, as offsets. */
type Range = Pick<Node, 'start' | 'end'>;

/** `to` is the first line that is no part of it. */
interface Lines {
  readonly from: number;
  readonly to: number;
}

/** Whether V8 has collected a function; null if the turn is over. */
export type AskForCollected = (holdOn: HoldOn) => Promise<boolean | null>;

interface Place {
  readonly lineNumber: number;
  readonly columnNumber?: number;
}

/** V8 looks at all functions of a range, and then gives at most this many locations of it. So we ask for a part of the lines at a time. */
const MOST_LOCATIONS = 1000;
const LINES_AT_A_TIME = 100;
const DOING = { doing: 'looking for collected functions' } as const;

/**
 * Whether an edit can end the program. V8 of Node 18 aborts the process (`Check failed: (location_) != nullptr`) if a function that changes has been
 * collected, such as one that only the start of the program needed. Later versions skip it.
 */
export async function endsAtCollectedFunctions(session: Session): Promise<boolean> {
  return (await majorOf(session)) < 20;
}

/** Whether an edit can take the constructor of a class from it: see `losesConstructors` of the transform. */
export async function losesConstructors(session: Session): Promise<boolean> {
  return (await majorOf(session)) < 22;
}

/** The major version of Node; 0 if the program does not tell it. */
async function majorOf(session: Session): Promise<number> {
  try {
    const { value } = await evaluateOwn(session, 'process.versions.node', DOING);
    return typeof value === 'string' ? Number.parseInt(value, 10) : 0;
  } catch (error) {
    if (error instanceof CommandError) return 0; // a program at its end tells nothing
    throw error;
  }
}

/**
 * Prepares the question whether V8 has collected a function of a script, which must be asked in a held turn: V8 of Node 18 prepares each function of the
 * script for breakpoints then, and has ended programs (SIGSEGV) whose functions were running. V8 gives the places at which it could pause, and these are
 * only in functions that it has. It compiles all of them for that, so that functions inside of them are not lost before an edit. A text that does not
 * parse counts as one with lost functions.
 */
export async function collectedFunctions(session: Session, scriptId: string): Promise<AskForCollected> {
  const { scriptSource } = await session.send('Debugger.getScriptSource', { scriptId }, DOING);
  const { functionRanges } = await import('../transform/function-ranges.js'); // with its parser
  const found = functionRanges(scriptSource);
  if (found === null) return async () => true;
  const { ranges, lineStarts } = found;
  return async (holdOn) => {
    const offsets: number[] = [];
    for (let line = 0; line < lineStarts.length; line += LINES_AT_A_TIME) {
      if (!(await holdOn())) return null;
      const places = pausePlaces(session, scriptId, { from: line, to: line + LINES_AT_A_TIME });
      for await (const { lineNumber, columnNumber = 0 } of places) offsets.push(lineStarts[lineNumber]! + columnNumber);
    }
    return rangesWith(ranges, offsets).size < ranges.length;
  };
}

/** The places at which V8 could pause in some lines of a script, 0-based. */
async function* pausePlaces(session: Session, scriptId: string, { from, to }: Lines): AsyncIterable<Place> {
  let start: Required<Place> = { lineNumber: from, columnNumber: 0 };
  const end = { scriptId, lineNumber: to, columnNumber: 0 };
  for (let isWhole = false; !isWhole; ) {
    const answer = await session.send('Debugger.getPossibleBreakpoints', { start: { scriptId, ...start }, end }, DOING);
    const locations: readonly Place[] = answer.locations;
    yield* locations;
    isWhole = locations.length < MOST_LOCATIONS;
    const { lineNumber, columnNumber = 0 } = locations.at(-1) ?? start;
    start = { lineNumber, columnNumber: columnNumber + 1 };
  }
}

/** The ranges that are the innermost one of an offset. */
function rangesWith(ranges: readonly Range[], offsets: readonly number[]): ReadonlySet<Range> {
  const sorted = ranges.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const found = new Set<Range>();
  const open: Range[] = [];
  let next = 0;
  const closeAt = (offset: number) => {
    while (open.length > 0 && open.at(-1)!.end <= offset) open.pop();
  };
  for (const offset of offsets.toSorted((a, b) => a - b)) {
    for (; next < sorted.length && sorted[next]!.start <= offset; next++) {
      closeAt(sorted[next]!.start);
      open.push(sorted[next]!);
    }
    closeAt(offset);
    if (open.length > 0) found.add(open.at(-1)!);
  }
  return found;
}
