import { CURRENT_LABEL } from '../labels/label-names.js';
import type { PositionTable } from '../table/position-table.js';
import type { Reference } from './bindings.js';
import { type Allocation, type Entry, type Event, NO_LINE, type Opening } from './events.js';
import type { LineIndex } from './line-index.js';
import type { SourceLines } from './mapped-lines.js';
import type { Names } from './operand-types.js';
import { wrapperParameters } from './wrapper-parameters.js';

/** V8's parser is recursive and gives up at about 450 nested wrappers (18 to 26, default stack). Real code stays far below this limit. */
const MOST_NESTED = 64;

/** V8's CHUNK_LEN_LIMIT, with some room for a wrapper with many parameters. */
const MOST_COMPARED = 700;
const LONG_WRAPPER = 50;

/** The function of a label takes so many variables; its `all` takes any number, but makes an array of them (label-runtime.cts). */
const MOST_LABELLED = 8;
/** Before an expression may stand a word, such as `return`. */
const WORD = /[\w$]|[^\0-\x7f]/;

/** The nesting level of code outside functions. */
const PROGRAM = 1;

/** What the bytes that are allocated at one nesting level are counted on. */
interface Level {
  readonly line: number;
  readonly isWrapper: boolean;
  /** Of the enclosing function. */
  readonly editLimits: Entry;
}

export interface Written {
  readonly code: string;
  readonly table: PositionTable;
}

/** The lines of the text, and the lines to tell apart. */
export interface Lines {
  readonly index: LineIndex;
  readonly lines: SourceLines;
}

export interface Walked {
  readonly events: readonly Event[];
  readonly names: Names;
  readonly references: readonly Reference[];
  readonly isRunning: boolean;
  readonly innerLinesOnly: boolean;
  readonly labels: boolean;
}

/** Produces the new text in one pass over the events, which are in source order. */
export function write(source: string, lines: Lines, walk: Walked): Written {
  const writer = new Writer(source, lines, walk);
  for (const event of walk.events) writer.take(event);
  return writer.end();
}

class Writer {
  readonly #source: string;
  readonly #index: LineIndex;
  readonly #lines: SourceLines;
  readonly #walk: Walked;
  readonly #pieces: string[] = [];
  readonly #wrappers: number[] = [];
  readonly #functions: number[] = [];
  readonly #edits: number[] = [];
  readonly #levels: Level[] = [];
  #copied = 0;
  #line = 0;
  #inserted = 0;
  #depth = 0;
  #statement = -1;
  #closed = -1;
  /** Changed lines that follow each other: where they begin, the last of them, and a bound of the characters that were inserted. */
  #changed = { from: 0, last: -1, inserted: 0 };

  constructor(source: string, { index, lines }: Lines, walk: Walked) {
    this.#source = source;
    this.#index = index;
    this.#lines = lines;
    this.#walk = walk;
  }

  take(event: Event): void {
    switch (event.kind) {
      case 'open':
        if (event.allocation && this.#isNeeded(event.allocation) && this.#isPossible(event)) this.#open(event, event.allocation);
        break;
      case 'close':
        if (event.opening.kept) this.#close(event.at, event.opening);
        break;
      case 'enter':
        this.#enter(event);
        break;
      case 'leave':
        this.#levels.pop();
        break;
      case 'statement':
        this.#statement = event.at;
        break;
      case 'end':
        if (this.#closed === event.at) this.#insert(event.at, ';');
        break;
    }
  }

  end(): Written {
    this.#pieces.push(this.#source.slice(this.#copied));
    return { code: this.#pieces.join(''), table: { wrappers: this.#wrappers, functions: this.#functions, edits: this.#edits } };
  }

  /**
   * One wrapper a line. None inside a wrapper for the same line, and none for a number unless it would be counted on another line. With labels, the lines
   * of a function that has only one need a wrapper, too.
   */
  #isNeeded({ line, weight, sum }: Allocation): boolean {
    const level = this.#levels.at(-1)!;
    const hasLine = level.line === line && (level.isWrapper || !this.#walk.labels);
    if (hasLine || this.#depth >= MOST_NESTED) return false;
    return level.isWrapper || weight === 'object' || (sum !== undefined && !this.#walk.names.isNumeric(sum));
  }

  /**
   * Three places of a running script stay unchanged. The top level, because it has already run, and V8 cannot replace that of an ES module.
   * Initialisers of a class, because V8 confuses them with another function that begins at the same place (the default constructor on 18
   * and 20, the static part on 22), and new objects then lack their fields. The end of an arrow without braces, because V8 takes an
   * insertion there for a change of the enclosing code.
   */
  #isPossible({ at, end }: Opening): boolean {
    if (!this.#walk.isRunning) return true;
    const { lastEnd, isInitialiser } = this.#levels.at(-1)!.editLimits;
    if (this.#levels.length <= PROGRAM || isInitialiser || end > lastEnd) return false;
    return !this.#walk.innerLinesOnly || (this.#isInner(at, end) && this.#isComparable(at, end));
  }

  /** Whether all lines of an expression are between the first and the last line of the outermost function around it. */
  #isInner(at: number, end: number): boolean {
    const { lineOf } = this.#index;
    const { at: from, end: to } = this.#levels[PROGRAM]!.editLimits;
    return lineOf(at) > lineOf(from) && lineOf(end) < lineOf(to);
  }

  /**
   * Whether V8 still compares the changed lines before this one, and this one, character by character. If lines that follow each other have more
   * than 800 characters together, it takes them as changed from the first to the last.
   */
  #isComparable(at: number, end: number): boolean {
    const { lineOf, starts } = this.#index;
    if (lineOf(at) > this.#changed.last + 1) this.#changed = { from: starts[lineOf(at)]!, last: 0, inserted: 0 };
    const { from, inserted } = this.#changed;
    const nextLine = starts[lineOf(end) + 1] ?? this.#source.length;
    if (nextLine - from + inserted > MOST_COMPARED) return false;
    const longest = LONG_WRAPPER + (this.#walk.labels ? `${CURRENT_LABEL}()`.length : 0);
    this.#changed = { from, last: Math.max(this.#changed.last, lineOf(end)), inserted: inserted + longest };
    return true;
  }

  #open(opening: Opening, { from, line }: Allocation): void {
    opening.kept = true;
    opening.parameters = wrapperParameters(opening, this.#walk.references);
    if (this.#statement === opening.at) this.#insert(opening.at, ';');
    this.#statement = -1;
    const before = this.#callOf(opening);
    const column = this.#insert(opening.at, `${before}(${opening.parameters.join(', ')}) => ${opening.parenthesised ? '(' : ''}`);
    this.#wrappers.push(this.#line, column + before.length, ...this.#place(from));
    this.#levels.push({ line, isWrapper: true, editLimits: this.#levels.at(-1)!.editLimits });
    this.#depth++;
  }

  /** Whether the function of a label calls the wrapper. Not in a `with`, whose object might have a property of the name, or see that it is asked. */
  #isLabelled({ isInWith }: Opening): boolean {
    return this.#walk.labels && !isInWith;
  }

  /** What calls a wrapper: the parenthesis around it, or the function of a label. */
  #callOf(opening: Opening): string {
    if (!this.#isLabelled(opening)) return '(';
    const { at, parameters } = opening;
    const space = at > 0 && WORD.test(this.#source[at - 1]!) ? ' ' : '';
    return `${space}${CURRENT_LABEL}()${parameters.length > MOST_LABELLED ? '.all' : ''}(`;
  }

  #close(at: number, opening: Opening): void {
    const { parenthesised } = opening;
    const values = opening.parameters.join(', ');
    const call = this.#isLabelled(opening) ? `${values && ', '}${values})` : `)(${values})`;
    this.#insert(at, `${parenthesised ? ')' : ''}${call}`);
    this.#closed = at;
    this.#levels.pop();
    this.#depth--;
  }

  #enter(entry: Entry): void {
    const { at, line } = entry;
    this.#levels.push({ line, isWrapper: false, editLimits: entry });
    if (line === NO_LINE) return;
    const column = this.#moveTo(at);
    // The function's only allocating line may not be the line on which it starts. Then the beginning of the allocating line represents it.
    const place = line === this.#lines.lineOf(at) ? at : this.#lines.beginOf(line, at);
    this.#functions.push(this.#line, column, ...this.#place(place));
  }

  #place(offset: number): [line: number, column: number] {
    const line = this.#index.lineOf(offset);
    return [line, offset - this.#index.starts[line]!];
  }

  /** @returns the column of the insertion in the transformed text */
  #insert(at: number, text: string): number {
    const column = this.#moveTo(at);
    this.#pieces.push(this.#source.slice(this.#copied, at), text);
    this.#copied = at;
    this.#edits.push(this.#line, column, text.length);
    this.#inserted += text.length;
    return column;
  }

  #moveTo(at: number): number {
    const [line, column] = this.#place(at);
    if (line !== this.#line) this.#inserted = 0;
    this.#line = line;
    return column + this.#inserted;
  }
}
