import { nodeKind, TypeTable } from '../../collect/heap-snapshot/type-table.js';
import { normalFilename } from '../../collect/stacks/filenames.js';
import { UsageError } from '../../errors.js';
import { Frame } from '../../model/frame.js';
import { domainName } from '../../snapshot/statistics/column-keys.js';
import { packageName } from '../../snapshot/statistics/package-name.js';
import type { GraphColumns, HeapTraces, NodeColumns } from '../columns/graph-columns.js';
import { isExternalString } from './external-strings.js';
import { HEAP_KEY_TYPES, type HeapKeyType } from './heap-keys.js';
import { scriptOfNodes } from './node-scripts.js';

export const NO_GROUP = 0xffff_ffff;
const NO_SCRIPT = '<no script of its own>';
const OLDER = '<older than the tracking>';
const EXTERNAL_STRINGS = 'external strings (text outside of the heap)';
const HEAP = 0;
const BACKING_STORES = 1;
const OTHER = 2;
const EXTERNAL = 3;

export interface HeapGroups {
  /** By node. `NO_GROUP` for the roots that V8 makes up. */
  readonly groupOf: Uint32Array;
  /** The type, package or domain as the file of a frame, or the place of allocation. */
  readonly frames: readonly Frame[];
  /** Of packages: the group of objects without a script of their own. */
  readonly rest?: number;
}

/** @throws UsageError if the snapshot does not know the places of allocation */
export function groupNodes(columns: GraphColumns, keyType: HeapKeyType): HeapGroups {
  const groups = groupsBy(columns, keyType);
  const { types, type, selfSize } = columns.nodes;
  const synthetic = types.indexOf('synthetic');
  groups.groupOf.forEach((_, node) => {
    if (type[node] === synthetic && selfSize.small[node] === 0 && !selfSize.large.has(node)) groups.groupOf[node] = NO_GROUP;
  });
  return groups;
}

function groupsBy(columns: GraphColumns, keyType: HeapKeyType): HeapGroups {
  switch (keyType) {
    case 'type':
      return groupsByType(columns);
    case 'package':
      return groupsByPackage(columns);
    case 'domain':
      return groupsByDomain(columns);
    case 'lineno':
      return groupsByPlace(columns);
    default:
      throw new UsageError(`a heap snapshot has no ${String(keyType satisfies never)}; group by ${HEAP_KEY_TYPES.join(', ')}`);
  }
}

function groupsByType({ nodes, strings }: GraphColumns): HeapGroups {
  const kinds = nodes.types.map(nodeKind);
  const table = new TypeTable(nodes.types);
  const groupOf = Uint32Array.from(nodes.type, (type, node) => (kinds[type] === 'plain' ? type : table.named(nodes.name[node]!)));
  const { types, final } = table.build((string) => strings.text(string));
  for (let node = 0; node < groupOf.length; node++) groupOf[node] = final[groupOf[node]!]!;
  return { groupOf, frames: types.map((type) => new Frame(type, 0)) };
}

function groupsByPackage(columns: GraphColumns): HeapGroups {
  const { scriptOf, names } = scriptOfNodes(columns);
  const groups = new Numbering();
  const ofScript = names.map((name) => groups.of(packageName(normalFilename(name))));
  const rest = groups.of(NO_SCRIPT);
  return { groupOf: scriptOf.map((script) => ofScript[script] ?? rest), frames: groups.frames(), rest };
}

function groupsByDomain(columns: GraphColumns): HeapGroups {
  const { nodes, strings } = columns;
  const isOffHeap = nodes.types.map((type) => nodeKind(type) === 'offHeap');
  const isString = nodes.types.map((type) => type === 'string');
  const isExternal = isExternalString(columns);
  const groupOf = Uint32Array.from(nodes.type, (type, node) => {
    if (isOffHeap[type]) return strings.text(nodes.name[node]!) === 'system / JSArrayBufferData' ? BACKING_STORES : OTHER;
    return isString[type] && isExternal(node) ? EXTERNAL : HEAP;
  });
  return { groupOf, frames: [...[HEAP, BACKING_STORES, OTHER].map(domainName), EXTERNAL_STRINGS].map((name) => new Frame(name, 0)) };
}

/** By the newest function with a script. V8 tells where functions start, not lines. */
function groupsByPlace({ nodes, traces }: GraphColumns): HeapGroups {
  if (traces === null || nodes.traceNode === null)
    throw new UsageError(
      'the heap snapshot does not say where its objects were allocated: group by type or package, or record it (attach --mode objects)',
    );
  const groups = new Numbering();
  const rest = groups.of(OLDER);
  const ofTrace = placesOfTraces(traces, groups, nodes);
  return { groupOf: nodes.traceNode.map((trace) => ofTrace[trace] ?? rest), frames: groups.frames() };
}

function placesOfTraces({ tree, functions }: HeapTraces, groups: Numbering, { traceNode }: NodeColumns): (number | undefined)[] {
  const ofTrace: (number | undefined)[] = [];
  for (const trace of new Set(traceNode)) {
    let at = trace;
    while (at !== 0 && (functions[tree.functionIndex[at] ?? -1]?.scriptId ?? 0) === 0) at = tree.parent[at] ?? 0;
    if (at === 0) continue;
    const { name, scriptName, line, column } = functions[tree.functionIndex[at]!]!;
    const frame = new Frame(normalFilename(scriptName), line, { column, functionName: name });
    ofTrace[trace] = groups.of(`${frame}`, frame);
  }
  return ofTrace;
}

/** Gives each name a number. */
class Numbering {
  readonly #numbers = new Map<string, number>();
  readonly #frames: Frame[] = [];

  of(name: string, frame = new Frame(name, 0)): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#frames.length);
    return this.#frames.push(frame) - 1;
  }

  frames(): readonly Frame[] {
    return this.#frames;
  }
}
