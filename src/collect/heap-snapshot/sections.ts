import { BadProfileError } from '../../errors.js';
import { AnyValue, SmallValue } from './any-value.js';
import { damaged } from './damage.js';
import { FunctionTable } from './function-table.js';
import { NumberArray } from './number-array.js';
import type { Section } from './section.js';
import { type Header, parseHeader } from './snapshot-header.js';
import { TraceTreeSection } from './trace-tree.js';

/**
 * The reader of each section, and what it makes of them. V8 writes the sections in the order in which they are needed. Any other order works
 * but takes more memory.
 */
export abstract class Sections<Result> {
  protected functions: FunctionTable | null = null;
  protected tree: TraceTreeSection | null = null;
  readonly #seen = new Set<string>();
  #header: Header | null = null;

  /** The keys of the sections that it reads. The others are skipped. */
  protected abstract readonly known: ReadonlySet<string>;
  /** Begins a known section, apart from the two of the stacks. */
  protected abstract begin(key: string, header: Header): Section;
  /** @throws BadProfileError if a section is missing, or if the sections contradict each other */
  abstract complete(): Result;

  open(key: string): Section {
    if (this.#seen.has(key)) throw damaged(`it has "${key}" twice`);
    this.#seen.add(key);
    if (key === 'snapshot')
      return new SmallValue('"snapshot"', (value) => {
        this.#header = parseHeader(value);
      });
    if (!this.known.has(key)) return new AnyValue();
    if (this.#header === null) throw damaged(`"${key}" comes before "snapshot", which says how to read it`);
    return this.#beginStacks(key, this.#header) ?? this.begin(key, this.#header);
  }

  #beginStacks(key: string, header: Header): Section | null {
    if (key === 'trace_function_infos') {
      this.functions = new FunctionTable(header);
      return new NumberArray(key, header.functionInfo.width, this.functions);
    }
    if (key !== 'trace_tree') return null;
    this.tree = new TraceTreeSection(header);
    return this.tree;
  }

  /** @throws BadProfileError if there was none */
  protected header(): Header {
    if (this.#header === null) throw new BadProfileError('this is not a heap snapshot: it has no "snapshot"');
    return this.#header;
  }
}

export function found<Part>(part: Part | null, key: string): Part {
  if (part === null) throw damaged(`it has no "${key}"`);
  return part;
}
