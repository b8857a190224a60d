import { AnyValue, SmallValue } from './any-value.js';
import { damaged } from './damage.js';
import { DeferredRows } from './deferred-rows.js';
import { EdgeWalk } from './edge-walk.js';
import { FunctionTable } from './function-table.js';
import type { HeapTables } from './heap-objects.js';
import { NodeTable } from './node-table.js';
import { NumberArray } from './number-array.js';
import type { Section } from './section.js';
import { type Header, parseHeader } from './snapshot-header.js';
import { StringTable } from './string-table.js';
import { TraceTreeSection } from './trace-tree.js';

const KNOWN = new Set(['nodes', 'edges', 'trace_function_infos', 'trace_tree', 'strings']);

/**
 * The reader of each section. V8 writes the sections in the order in which they are needed. Any other order works but takes more memory.
 */
export class Sections {
  readonly #seen = new Set<string>();
  #header: Header | null = null;
  #nodes: NodeTable | null = null;
  #functions: FunctionTable | null = null;
  #edges: EdgeWalk | null = null;
  #deferredEdges: DeferredRows | null = null;
  #tree: TraceTreeSection | null = null;
  #strings: StringTable | null = null;

  open(key: string): Section {
    if (this.#seen.has(key)) throw damaged(`it has "${key}" twice`);
    this.#seen.add(key);
    if (key === 'snapshot')
      return new SmallValue('"snapshot"', (value) => {
        this.#header = parseHeader(value);
      });
    if (!KNOWN.has(key)) return new AnyValue();
    if (this.#header === null) throw damaged(`"${key}" comes before "snapshot", which says how to read it`);
    return this.#sectionOf(key, this.#header) ?? new AnyValue();
  }

  /** @throws BadProfileError if a section is missing */
  complete(): HeapTables {
    const header = found(this.#header, 'snapshot');
    const nodes = found(this.#nodes, 'nodes');
    if (this.#deferredEdges) {
      this.#edges = new EdgeWalk(header, nodes);
      this.#deferredEdges.replay(this.#edges, header.edge.width);
    }
    return {
      header,
      nodes,
      edges: found(this.#edges, 'edges'),
      functions: found(this.#functions, 'trace_function_infos'),
      tree: found(this.#tree, 'trace_tree'),
      strings: found(this.#strings, 'strings'),
    };
  }

  #sectionOf(key: string, header: Header): Section | null {
    switch (key) {
      case 'nodes':
        this.#nodes = new NodeTable(header);
        return new NumberArray(key, header.node.width, this.#nodes);
      case 'edges':
        return new NumberArray(key, header.edge.width, this.#edgeSink(header));
      case 'trace_function_infos':
        this.#functions = new FunctionTable(header);
        return new NumberArray(key, header.functionInfo.width, this.#functions);
      case 'trace_tree':
        this.#tree = new TraceTreeSection(header);
        return this.#tree;
      case 'strings':
        this.#strings = new StringTable(this.#wantedStrings());
        return this.#strings;
      default:
        return null;
    }
  }

  #edgeSink(header: Header): EdgeWalk | DeferredRows {
    if (this.#nodes) {
      this.#edges = new EdgeWalk(header, this.#nodes);
      return this.#edges;
    }
    this.#deferredEdges = new DeferredRows();
    return this.#deferredEdges;
  }

  #wantedStrings(): Set<number> | null {
    if (!this.#nodes || !this.#functions) return null;
    const wanted = new Set(this.#functions.strings());
    for (const string of this.#nodes.strings()) wanted.add(string);
    return wanted;
  }
}

function found<Part>(part: Part | null, key: string): Part {
  if (part === null) throw damaged(`it has no "${key}"`);
  return part;
}
