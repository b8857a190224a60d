import { normalFilename } from '../../collect/stacks/filenames.js';
import { ROOT } from '../columns/graph-columns.js';
import { type HeapView, NONE } from './heap-view.js';

/** What a programmer takes for a root, and how it is named. */
export interface ProgramRoot {
  readonly node: number;
  readonly kind: 'global' | 'scope' | 'module' | 'process' | 'timer' | 'immediate' | 'handle';
  /** The file of a module or a scope; the class of a handle. */
  readonly name: string;
}

/** The objects by which Node keeps open what belongs to its event loop. */
const HANDLES = new Set(['FSEvent', 'MessagePort', 'Pipe', 'Process', 'StatWatcher', 'TCP', 'TLSWrap', 'TTY', 'UDP', 'Worker']);
const MOST_SCOPES = 1000;

/** In the order in which they are preferred if several of them hold an object equally closely. */
export function findProgramRoots(view: HeapView): ProgramRoot[] {
  const found = search(view);
  return [
    ...globalObjects(view).map((node) => root('global', node)),
    ...alone(scopeFiles(view, found.scopes)).map(([node, file]) => root('scope', node, file)),
    ...alone(moduleFiles(view, found.modules)).map(([node, file]) => root('module', node, file)),
    ...found.processes.map((node) => root('process', node)),
    ...found.timers.map((node) => root('timer', node)),
    ...found.immediates.map((node) => root('immediate', node)),
    ...handles(view).map((node) => root('handle', node, view.nodeName(node))),
  ];
}

function root(kind: ProgramRoot['kind'], node: number, name = ''): ProgramRoot {
  return { node, kind, name };
}

interface Found {
  readonly scopes: number[];
  readonly modules: number[];
  readonly processes: number[];
  readonly timers: number[];
  readonly immediates: number[];
}

function search(view: HeapView): Found {
  const { nodes } = view;
  const object = nodes.types.indexOf('object');
  const found: Found = { scopes: [], modules: [], processes: [], timers: [], immediates: [] };
  const leadsTo = (node: number, edge: '_onTimeout' | '_onImmediate' | '_idleNext', type: string) => {
    const target = view.target(node, edge);
    return target !== NONE && view.nodeType(target) === type;
  };
  for (let node = 0; node < nodes.length; node++) {
    if (nodes.type[node] !== object) continue;
    switch (view.nodeWord(node)) {
      case 'system / Context':
        if (isModuleScope(view, node)) found.scopes.push(node);
        break;
      case 'Module':
        if (view.target(node, 'children') !== NONE) found.modules.push(node);
        break;
      case 'process':
        if (view.target(node, '_events') !== NONE) found.processes.push(node);
        break;
      case 'Timeout': // a timer that was cleared is in no list
        if (leadsTo(node, '_onTimeout', 'closure') && leadsTo(node, '_idleNext', 'object')) found.timers.push(node);
        break;
      case 'Immediate':
        if (leadsTo(node, '_onImmediate', 'closure')) found.immediates.push(node);
        break;
    }
  }
  return found;
}

/** Node runs a CommonJS module as a function without a name, and V8 an ES module, too. Nothing is around it but the globals. */
function isModuleScope(view: HeapView, context: number): boolean {
  const previous = view.target(context, 'previous');
  return previous !== NONE && view.nodeWord(previous) === 'system / NativeContext' && view.namesOf(context).includes('');
}

/** The files of scopes, from the functions that use their variables. Node's own files are left out. */
function scopeFiles(view: HeapView, scopes: readonly number[]): [node: number, file: string][] {
  const { nodes } = view;
  const files = new Map<number, string | null>(scopes.map((scope) => [scope, null]));
  const closure = nodes.types.indexOf('closure');
  for (let node = 0; node < nodes.length; node++) {
    if (nodes.type[node] !== closure) continue;
    const scope = outermost(view, view.target(node, 'context'), files);
    const script = scope !== NONE && files.get(scope) === null ? view.scriptOf(node) : null;
    if (script !== null) files.set(scope, normalFilename(script));
  }
  return [...files].filter((entry): entry is [number, string] => entry[1] !== null && !entry[1].startsWith('node:'));
}

/** Follows the scopes around a context to one of `scopes`; NONE if none of them is around it. */
function outermost(view: HeapView, context: number, scopes: ReadonlyMap<number, unknown>): number {
  let at = context;
  for (let i = 0; at !== NONE && i < MOST_SCOPES; i++) {
    if (scopes.has(at)) return at;
    at = view.target(at, 'previous');
  }
  return NONE;
}

function moduleFiles(view: HeapView, modules: readonly number[]): [node: number, file: string][] {
  return modules.flatMap((node) => {
    const name = view.target(node, 'filename');
    return name === NONE || view.nodeType(name) !== 'string' ? [] : [[node, view.nodeName(name)]];
  });
}

/** Leaves out files that are loaded several times: what holds the copies is the question then. */
function alone(files: readonly [node: number, file: string][]): [node: number, file: string][] {
  const counts = new Map<string, number>();
  for (const [, file] of files) counts.set(file, (counts.get(file) ?? 0) + 1);
  return files.filter(([, file]) => counts.get(file) === 1);
}

/** From Node 26 on, the root leads to the context of a global object instead of the object. */
function globalObjects(view: HeapView): number[] {
  const targets = [...view.edgesOf(ROOT)].filter((edge) => view.edgeType(edge) === 'shortcut').map((edge) => view.edges.to[edge]!);
  return targets
    .map((node) => (view.nodeWord(node) === 'system / NativeContext' ? view.target(node, 'global_object') : node))
    .filter((node) => node !== NONE);
}

/** V8's global handles lead to them. To Node 24, so do native objects below the root. */
function handles(view: HeapView): number[] {
  const below = [...view.edgesOf(ROOT)].map((edge) => view.edges.to[edge]!);
  const natives = below.map((node) => view.target(node, 'native_to_javascript')).filter((node) => node !== NONE);
  const gcRoots = below.flatMap((node) => [...view.edgesOf(node)].map((edge) => view.edges.to[edge]!));
  const global = gcRoots.find((node) => view.nodeWord(node) === '(Global handles)');
  const held = global === undefined ? [] : [...view.edgesOf(global)].filter((edge) => view.holds(edge)).map((edge) => view.edges.to[edge]!);
  return [...new Set([...natives, ...held])].filter((node) => view.nodeType(node) === 'object' && HANDLES.has(view.nodeName(node)));
}
