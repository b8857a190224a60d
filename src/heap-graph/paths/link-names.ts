import { basename } from 'node:path';
import { type HeapView, NONE } from './heap-view.js';
import type { NodeText } from './node-text.js';
import type { ProgramRoot } from './program-roots.js';

const IDENTIFIER = /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;
const SYMBOL = /^<symbol (.*)>$/s;
export const STORE = 'AsyncLocalStorage store';
/** A value of a Map, or an element of a Set. */
export const ENTRY = 'entry';
/** Of a Map. */
export const KEY = 'key';

/** How a root of the program begins a path. */
export function rootName({ kind, name }: ProgramRoot): string {
  switch (kind) {
    case 'scope':
    case 'module':
      return `module ${basename(name)}`;
    case 'handle':
      return `native handle ${name}`;
    default:
      return kind;
  }
}

/** The step from one node to another. */
export interface Step {
  readonly holder: number;
  readonly edge: number;
  readonly node: number;
}

/** Names a property as a programmer writes it: `Session.user`, `Object['my key']`, `Timeout[Symbol(refed)]`. */
export function propertyName(owner: string, property: string): string {
  const symbol = SYMBOL.exec(property)?.[1];
  if (symbol !== undefined) return `${owner}[${symbol.startsWith('Symbol.') ? symbol : `Symbol(${symbol})`}]`;
  return IDENTIFIER.test(property) ? `${owner}.${property}` : `${owner}['${property}']`;
}

/**
 * What the step is called if nothing in between has given it a name; an empty text if the type of the node says it all.
 */
export function stepName(view: HeapView, text: NodeText, step: Step): string {
  const { holder, edge, node } = step;
  switch (view.edgeType(edge)) {
    case 'property':
      return namedProperty(view, text, step);
    case 'element':
      return '[]';
    case 'context':
      return `variable ${view.edgeName(edge)}`;
    case 'hidden':
      return view.nodeWord(holder) === 'system / Context' && view.nodeWord(node) !== 'Promise' ? blockVariable(view, step) : '';
    default:
      return internalName(view, text, { holder, edge, node });
  }
}

function namedProperty(view: HeapView, text: NodeText, { holder, edge }: Step): string {
  const word = view.edgeWord(edge);
  if (word === '_onTimeout' || word === '_onImmediate' || word === '<symbol owner_symbol>') return '';
  if (word === '<symbol kResourceStore>') return STORE;
  if (view.isDictionary(holder)) return '[]';
  return propertyName(text.owner(holder), view.edgeName(edge));
}

function internalName(view: HeapView, text: NodeText, { holder, edge }: Step): string {
  switch (view.edgeWord(edge)) {
    case 'ephemeron':
      return 'WeakMap entry';
    case 'bound_this':
      return 'bound this';
    case 'reactions_or_result':
      return 'Promise value';
    case 'index':
    case 'context':
    case 'extension':
    case 'previous':
    case 'native_to_javascript':
      return '';
    default:
      return propertyName(text.owner(holder), view.edgeName(edge));
  }
}

/** V8 tells the names of a block's variables apart from the variables. */
function blockVariable(view: HeapView, { holder, edge }: Step): string {
  const name = view.namesOf(holder)[view.edges.nameOrIndex[edge]!];
  return name ? `variable ${name}` : '';
}

/** The name for what a node in between leads to, which the program does not see; undefined if it gives none. */
export function nameBehind(view: HeapView, { holder, edge, node }: Step): string | undefined {
  const word = view.edgeWord(edge);
  if (word === 'parameters_and_registers') return 'local variable';
  if (word === '<symbol kAsyncContextFrame>' || view.nodeWord(node) === 'AsyncContextFrame') return STORE;
  if (view.nodeName(node) === '(bound arguments)') return 'bound argument';
  const isTable = view.nodeType(node) === 'array' && (view.nodeWord(holder) === 'Map' || view.nodeWord(holder) === 'Set');
  if (isTable) return ENTRY;
  return view.nodeName(node) === 'system / Cell' ? 'export' : undefined;
}

/** For a node with listeners by event: the class of the emitter. NONE if the step does not lead to such a node. */
export function emitterOf(view: HeapView, { holder, edge }: Step): number {
  return view.edgeType(edge) === 'property' && view.edgeWord(edge) === '_events' ? holder : NONE;
}
