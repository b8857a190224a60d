import type { StringStore } from '../columns/string-store.js';

/** What the text of a string means in V8's and Node's own structures. Other texts are names that the program chose. */
const WORDS = [
  // names of nodes
  '(Global handles)',
  '(Stack roots)',
  '(object elements)',
  'AsyncContextFrame',
  'Immediate',
  'Map',
  'Module',
  'Object',
  'Promise',
  'Set',
  'Timeout',
  'native_bind',
  'process',
  'system / Context',
  'system / NativeContext',
  'system / PromiseReaction',
  // names of edges
  '_events',
  '_idleNext',
  '_onImmediate',
  '_onTimeout',
  '<symbol kAsyncContextFrame>',
  '<symbol kResourceStore>',
  '<symbol owner_symbol>',
  'bound_this',
  'children',
  'extension',
  'context',
  'filename',
  'function',
  'global_object',
  'native_to_javascript',
  'parameters_and_registers',
  'previous',
  'reactions_or_result',
  'scope_info',
  'script',
  'script_or_debug_info',
  'shared',
] as const;

export type HeapWord = (typeof WORDS)[number] | 'ephemeron' | 'index' | 'other';

const ALL: readonly HeapWord[] = ['other', 'index', 'ephemeron', ...WORDS];
const CODES: ReadonlyMap<string, number> = new Map(ALL.map((word, code) => [word, code + 1]));
const OTHER = CODES.get('other')!;
/** Among the names of edges: `3165` is a slot of a table; `2 / part of key (…) -> value (…) pair in WeakMap (…)` leads from a key to its value. */
const INDEX = /^\d+$/;
/** For an inspector, V8 adds the name of the global object's frame, which is empty in Node: `system / NativeContext / `. */
const OF_FRAME = / \/ [^/]*$/;
const EPHEMERON = /^\d+ \/ part of key \(/;

/** Looks each string up once, when somebody asks for it: there may be millions. */
export class HeapWords {
  readonly #strings: StringStore;
  /** By string: the place of its word in `ALL` plus one; 0 if nobody has asked yet. */
  readonly #codes: Uint8Array;

  constructor(strings: StringStore) {
    this.#strings = strings;
    this.#codes = new Uint8Array(strings.length);
  }

  of(string: number): HeapWord {
    let code = this.#codes[string]!;
    if (code === 0) {
      code = codeOf(this.#strings.raw(string));
      this.#codes[string] = code;
    }
    return ALL[code - 1]!;
  }
}

function codeOf(text: string): number {
  const code = CODES.get(text) ?? (text.startsWith('system / NativeContext / ') ? CODES.get(text.replace(OF_FRAME, '')) : undefined);
  if (code !== undefined && code > CODES.get('ephemeron')!) return code;
  if (INDEX.test(text)) return CODES.get('index')!;
  return EPHEMERON.test(text) ? CODES.get('ephemeron')! : OTHER;
}
