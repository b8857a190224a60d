import { damaged, shown } from './damage.js';
import { integers } from './growing-column.js';
import { MAX_INTEGER } from './node-table.js';
import { CLOSE_ARRAY, COMMA, isSpace, OPEN_ARRAY, type Piece, type Section, ZERO } from './section.js';
import type { Header } from './snapshot-header.js';

/** The stacks at which objects were allocated, as a tree. Indexed by V8's number of a node, where 0 means none. */
export interface TraceTree {
  /** The node of the caller; 0 for the root. */
  readonly parent: Uint32Array;
  /**
   * Index of the function. `NO_FUNCTION` if the tree has no such node, or if the function was added while V8 wrote the snapshot, since V8
   * writes the tree after the functions. No object is allocated at such a node.
   */
  readonly functionIndex: Uint32Array;
}

export const NO_FUNCTION = 0xffff_ffff;

/** The last thing read: nothing, an opening bracket, a comma, a digit, the end of a value. */
const START = 0;
const OPENED = 1;
const BEFORE = 2;
const DIGITS = 3;
const AFTER = 4;

/**
 * Reads the nested arrays `[id, function, …, [children]]`. A node's id may come last, so until all are read a node is identified by its
 * place in the text.
 */
export class TraceTreeSection implements Section {
  done = false;
  readonly #fields: Header['traceNode'];
  readonly #id = integers();
  readonly #function = integers();
  /** The place of the parent plus one; 0 for a root. */
  readonly #parent = integers();
  /** The places of the open nodes, from the root on. */
  readonly #open: number[] = [];
  /** The place of the current node, and the index of its next field. */
  #place = -1;
  #field = 0;
  #value = 0;
  #state = START;

  constructor(header: Header) {
    this.#fields = header.traceNode;
  }

  scan({ codes, end: to }: Piece, from: number): number {
    let at = from;
    let state = this.#state;
    while (at < to && !this.done) {
      const start = at;
      let value = this.#value;
      let code = codes[at]!;
      while ((code - ZERO) >>> 0 <= 9) {
        value = value * 10 + (code - ZERO);
        code = codes[++at]!;
      }
      if (at !== start) {
        if (state === START || state === AFTER) throw damaged('a digit stands in its trace tree where none can');
        this.#value = value;
        state = DIGITS;
        if (at === to) break;
      }
      if (state === DIGITS) {
        this.#number(value);
        state = AFTER;
      }
      if (code === COMMA && state === AFTER) state = BEFORE;
      else state = this.#bracket(code, state);
      at++;
    }
    this.#state = state;
    return at;
  }

  #number(value: number): void {
    const { id, function_info_index: functionInfo, children } = this.#fields;
    const field = this.#field;
    if (field === 0) this.#begin();
    if (value > MAX_INTEGER || field === children) throw damaged('a node of its trace tree is not one that V8 writes');
    if (field === id) this.#id.set(this.#place, value);
    else if (field === functionInfo) this.#function.set(this.#place, value);
    this.#advance();
    this.#value = 0;
  }

  /** The state after a bracket or a blank. */
  #bracket(code: number, state: number): number {
    if (code === OPEN_ARRAY && state === START) return OPENED;
    if (code === OPEN_ARRAY && state !== AFTER && this.#field === this.#fields.children) {
      if (this.#field === 0) this.#begin();
      this.#open.push(this.#place);
      this.#field = 0;
      return OPENED;
    }
    if (code === CLOSE_ARRAY && (state === AFTER || state === OPENED)) {
      if (this.#field !== 0) throw damaged('a node of its trace tree has too few fields');
      const parent = this.#open.pop();
      if (parent === undefined) this.done = true;
      else {
        this.#place = parent;
        this.#field = this.#fields.children;
        this.#advance();
      }
      return AFTER;
    }
    if (isSpace(code)) return state;
    throw damaged(`${shown(code)} stands in its trace tree`);
  }

  #begin(): void {
    this.#place = this.#id.length;
    this.#id.push(0);
    this.#function.push(0);
    this.#parent.push((this.#open.at(-1) ?? -1) + 1);
  }

  #advance(): void {
    this.#field = this.#field + 1 === this.#fields.width ? 0 : this.#field + 1;
  }

  /** @param functions the number of functions */
  build(functions: number): TraceTree {
    const { length } = this.#id;
    let highest = 0;
    for (let place = 0; place < length; place++) highest = Math.max(highest, this.#id.at(place));
    // V8 numbers the nodes from 1 on without gaps.
    if (highest > 4 * length + 1024) throw damaged(`its trace tree has ${length} nodes, one of them with the number ${highest}`);
    const parent = new Uint32Array(highest + 1);
    const functionIndex = new Uint32Array(highest + 1).fill(NO_FUNCTION);
    for (let place = 0; place < length; place++) {
      const id = this.#id.at(place);
      const index = this.#function.at(place);
      const parentPlace = this.#parent.at(place);
      if (id === 0 || functionIndex[id] !== NO_FUNCTION) throw damaged(`its trace tree has the node ${id} twice`);
      functionIndex[id] = index;
      parent[id] = parentPlace === 0 ? 0 : this.#id.at(parentPlace - 1);
    }
    return { parent, functionIndex: functionIndex.map((index) => (index < functions ? index : NO_FUNCTION)) };
  }
}

/** @throws BadProfileError if a stack leads to a node or a function that does not exist */
export function checkStacks({ parent, functionIndex }: TraceTree, nodes: Uint32Array): void {
  const checked = new Uint8Array(parent.length);
  for (const start of nodes) {
    for (let node = start; node !== 0 && checked[node] !== 1; node = parent[node]!) {
      if ((functionIndex[node] ?? NO_FUNCTION) === NO_FUNCTION)
        throw damaged(`an object was allocated at ${start}, a stack that does not exist`);
      checked[node] = 1;
    }
  }
}
