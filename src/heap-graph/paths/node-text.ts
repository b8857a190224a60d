import { basename } from 'node:path';
import { normalFilename } from '../../collect/stacks/filenames.js';
import type { HeapLocation } from '../heap/heap.js';
import { type HeapView, NONE } from './heap-view.js';

/** A place in the source of a program. */
export interface HeapPlace {
  readonly filename: string;
  /** 1-based, as the column. */
  readonly lineno: number;
  readonly column: number;
}

export interface NodeTextOptions {
  readonly locationOf: (node: number) => HeapLocation | null;
  /** The place in the source from which a script was compiled. */
  readonly originalOf: (place: HeapPlace) => HeapPlace;
}

/** Names nodes as a programmer does. */
export class NodeText {
  readonly #view: HeapView;
  readonly #options: NodeTextOptions;

  constructor(view: HeapView, options: NodeTextOptions) {
    this.#view = view;
    this.#options = options;
  }

  /** `Session`, `handler (app.js:12)`, `await in handle (app.js:9)`, `string`, `(array)`. */
  type(node: number): string {
    const type = this.#view.nodeType(node);
    const name = this.#view.nodeName(node);
    if (type === 'closure') return this.#functionText(node);
    if (type === 'object' && name === 'Generator') return this.#generatorText(node);
    if (type === 'object' && this.#view.nodeWord(node) === 'system / Context') return 'variables of a function';
    if (type === 'object' || type === 'native' || type === 'synthetic') return name || `(${type})`;
    return type.endsWith('string') ? 'string' : `(${type})`;
  }

  /** The first part of the name of a property: `Session` in `Session.user`. */
  owner(node: number): string {
    return this.#view.nodeType(node) === 'closure' ? this.#view.nodeName(node) || '(anonymous)' : this.type(node);
  }

  /** null if the node is no function, or one of V8's own. */
  placeOf(node: number): HeapPlace | null {
    const type = this.#view.nodeType(node);
    if (type === 'object' && this.#view.nodeName(node) === 'Generator') {
      const called = this.#view.target(node, 'function');
      return called === NONE ? null : this.placeOf(called);
    }
    if (type !== 'closure') return null;
    const script = this.#view.scriptOf(node);
    const location = this.#options.locationOf(node);
    if (script === null || location === null) return null;
    return this.#options.originalOf({ filename: normalFilename(script), lineno: location.line, column: location.column });
  }

  /** V8's function that continues an async function after its `await`. */
  isContinuation(node: number): boolean {
    const context = this.#view.nodeType(node) === 'closure' && this.#isNative(node) ? this.#view.target(node, 'context') : NONE;
    const extension = context === NONE ? NONE : this.#view.target(context, 'extension');
    return extension !== NONE && this.#view.nodeName(extension).endsWith('Generator');
  }

  #functionText(node: number): string {
    const name = this.#view.nodeName(node);
    const place = this.placeOf(node);
    if (place !== null) return `${name || '(anonymous)'} (${placeText(place)})`;
    if (this.#view.nodeWord(node) === 'native_bind') return 'bound function';
    return name === '' && this.#settlesPromise(node) ? 'resolve function' : `${name || 'function'} (native)`;
  }

  #generatorText(node: number): string {
    const called = this.#view.target(node, 'function');
    return called === NONE ? 'generator' : `await in ${this.#functionText(called)}`;
  }

  #isNative(node: number): boolean {
    return this.#view.nodeName(node) === '' && this.#view.scriptOf(node) === null;
  }

  /** What a Promise hands to its executor. */
  #settlesPromise(node: number): boolean {
    const context = this.#view.target(node, 'context');
    if (context === NONE) return false;
    return [...this.#view.edgesOf(context)].some(
      (edge) => this.#view.edgeType(edge) === 'hidden' && this.#view.nodeWord(this.#view.edges.to[edge]!) === 'Promise',
    );
  }
}

/** The folder of a file would make a path hard to read. Without it, one of Node's own files would look like the program's. */
function placeText({ filename, lineno }: HeapPlace): string {
  return `${filename.startsWith('node:') ? filename : basename(filename)}:${lineno}`;
}
