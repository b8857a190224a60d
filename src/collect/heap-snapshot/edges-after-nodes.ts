import { DeferredRows } from './deferred-rows.js';
import type { RowSink } from './number-array.js';
import { found } from './sections.js';
import type { Header } from './snapshot-header.js';

/** The edges, whose sink needs the nodes. If they come first, they are kept until the nodes are there. */
export class EdgesAfterNodes<Nodes, Edges extends RowSink> {
  readonly #make: (header: Header, nodes: Nodes) => Edges;
  #edges: Edges | null = null;
  #deferred: DeferredRows | null = null;

  constructor(make: (header: Header, nodes: Nodes) => Edges) {
    this.#make = make;
  }

  /** The edges so far; null if there are none, or no nodes. */
  get soFar(): Edges | null {
    return this.#edges;
  }

  /** Where the rows of the section go. @param nodes null if they have not come yet */
  sink(header: Header, nodes: Nodes | null): RowSink {
    if (nodes === null) {
      this.#deferred = new DeferredRows();
      return this.#deferred;
    }
    this.#edges = this.#make(header, nodes);
    return this.#edges;
  }

  /** @throws BadProfileError if there was no such section */
  complete(header: Header, nodes: Nodes): Edges {
    if (this.#deferred) {
      this.#edges = this.#make(header, nodes);
      this.#deferred.replay(this.#edges, header.edge.width);
    }
    return found(this.#edges, 'edges');
  }
}
