import { UsageError } from '../../errors.js';
import { listed } from '../../text/listing.js';
import type { Heap } from '../heap/heap.js';
import { nodesOfPlace, nodesOfType, type PlaceOf, similarTypes } from './find-nodes.js';

/** What is asked for: one object by its id in the heap, all of a type, all that were allocated at a line, or what an expression yields. */
export type What =
  | { readonly kind: 'id'; readonly id: number }
  | { readonly kind: 'type'; readonly type: string }
  | { readonly kind: 'place'; readonly filename: string; readonly lineno: number }
  | { readonly kind: 'expression'; readonly expression: string };

export type WhatInHeap = Exclude<What, { kind: 'expression' }>;

const ID = /^@(\d+)$/;
const PLACE = /^(.*[^:/\\\s]):(\d+)$/s;
/** A class, or a kind of V8's in parentheses: `(string)`. */
const TYPE = /^(?:[\p{ID_Start}$_][\p{ID_Continue}$]*|\([a-z ]+\))$/u;

/** `@id`, `app.js:15`, `Session`; anything else is an expression. @throws UsageError if it is empty */
export function parseWhat(text: string): What {
  const what = text.trim();
  if (what === '') throw new UsageError('say what to look for: @id, a type (Session), a place (app.js:15) or an expression (global.cache)');
  const id = ID.exec(what)?.[1];
  if (id !== undefined) return { kind: 'id', id: Number(id) };
  const [, filename, lineno] = PLACE.exec(what) ?? [];
  if (filename !== undefined) return { kind: 'place', filename, lineno: Number(lineno) };
  return TYPE.test(what) ? { kind: 'type', type: what } : { kind: 'expression', expression: what };
}

/** In a saved heap nothing can be evaluated, so that an expression can only be the name of a type, such as `system / Context`. */
export function whatInFile(text: string): WhatInHeap {
  const what = parseWhat(text);
  return what.kind === 'expression' ? { kind: 'type', type: what.expression } : what;
}

/** The nodes that are asked for, at least one. @throws UsageError if there is none */
export function findWhat(heap: Heap, what: WhatInHeap, placeOf: PlaceOf): number[] {
  switch (what.kind) {
    case 'id':
      return [nodeOfId(heap, what.id)];
    case 'type':
      return nodesOrThrow(nodesOfType(heap, what.type), () => noSuchType(heap, what.type));
    case 'place': {
      const place = `${what.filename}:${what.lineno}`;
      return nodesOrThrow(
        nodesOfPlace(heap, what, placeOf),
        () =>
          `nothing that is alive was allocated at ${place}, as far as is known: only a .heaptimeline, and a running target while it is traced, know places; without true lines a place is the line on which the function begins`,
      );
    }
  }
}

function nodeOfId(heap: Heap, id: number): number {
  const node = heap.indexOfId(id);
  if (node !== -1) return node;
  throw new UsageError(
    `no object has the id @${id}: it was collected meanwhile, or the id is of another process or of an earlier session, because V8 gives all objects new ids when a client of the inspector leaves`,
  );
}

function nodesOrThrow(nodes: number[], problem: () => string): number[] {
  if (nodes.length === 0) throw new UsageError(problem());
  return nodes;
}

function noSuchType(heap: Heap, type: string): string {
  const similar = similarTypes(heap, type);
  const where = 'stats --group-by type names the types of a heap snapshot, and of what attach --mode objects saves';
  const offer = similar.length === 0 ? where : `there is ${listed(similar, 'and')}`;
  return `no ${type} is in the heap; ${offer}${TYPE.test(type) ? '' : '; an expression needs a running process'}`;
}
