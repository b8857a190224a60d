import type { StackTableBuilder } from '../../model/stack-table.js';
import { LABEL_RUNTIME, LABEL_SCRIPT, OWN_SCHEME } from '../../text/own-scripts.js';
import { type Caller, type CollectedScripts, isCollected } from './collected-scripts.js';
import { normalFilename } from './filenames.js';
import { MARKER } from './line-tables.js';
import type { CallFrame } from './v8-profile.js';

/** 1-based. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/** Maps positions in a script whose text was changed for true lines. Lines and columns in arguments are V8's, 0-based. */
export interface PositionReader {
  /** The original position of the wrapper that starts here; undefined if a function of the program starts here. */
  wrapperAt(line: number, column: number): SourcePosition | undefined;
  /** The only line on which the function that starts here allocates, if there is just one. */
  functionAt(line: number, column: number): SourcePosition | undefined;
  originalPosition(line: number, column: number): SourcePosition;
}

/**
 * `'own'`: its allocations, and those of what it calls, do not belong to the program. `'folded'`: our code too, but it only stands between
 * two frames of the program.
 */
export type CodeKind = 'program' | 'own' | 'folded';

export interface CallStackOptions {
  /** What is known of a script that V8 has collected; undefined if nothing is. */
  readonly collected?: CollectedScripts;
  /** Recognises our own code if it shares a process with the program. Without it all code counts as the program's. */
  readonly codeOf?: (filename: string) => CodeKind;
  /** The reader for a frame's script; undefined if the script has its original text. */
  readonly positionsOf?: (frame: CallFrame) => PositionReader | undefined;
}

const UNKNOWN_SCRIPT = '<collected script>';
/** Node's own code that runs the top level of a script. */
const LOADERS = /^node:(?:internal\/modules\/|internal\/vm|vm$)/;

/** The line of a wrapper that we made for ourselves, not for an expression of the program. */
const NOBODYS_LINE = 0;

/** A frame and its caller, without folded frames. */
export interface CallStack {
  readonly location: number;
  readonly caller: CallStack | null;
  readonly depth: number;
  readonly scriptId: string;
  /** Id of the name of this frame's function. */
  readonly name: number;
  readonly isLoader: boolean;
  /** That of the innermost label's function on the stack; empty if there is none. */
  readonly label: string;
}

/** A stack that passes through our own code, so that its allocations do not belong to the program. */
export const OWN = Symbol('own');

interface File {
  readonly id: number;
  readonly kind: CodeKind;
  readonly isLoader: boolean;
}

/**
 * Turns V8's frames into stacks of locations. Builtins have no script and are folded into their caller, as C functions are in Python. The
 * wrapper that true lines put around an expression is folded into its function, which then gets the line of that expression. The function of a label,
 * below which a wrapper runs, becomes the label of the stack.
 * This is the only place where 0-based positions become 1-based.
 */
export class CallStacks {
  readonly #table: StackTableBuilder;
  readonly #options: CallStackOptions;
  readonly #files = new Map<string, File>();

  constructor(table: StackTableBuilder, options: CallStackOptions) {
    this.#table = table;
    this.#options = options;
  }

  /** The stack with `frame` on top; null if it is empty. */
  push(stack: CallStack | null, given: CallFrame): CallStack | null | typeof OWN {
    if (given.scriptId === '0' && given.url === '') return this.#pushOutsideScripts(stack, given);
    if (given.functionName === MARKER) return OWN;
    if (given.url === LABEL_SCRIPT) return stack && { ...stack, label: given.functionName };
    const isLost = isCollected(given);
    const frame = isLost ? this.#found(stack, given) : given;
    const file = this.#file(frame.url);
    if (file.kind !== 'program') return file.kind === 'own' ? OWN : stack;
    const reader = isLost ? undefined : this.#options.positionsOf?.(frame);
    return reader ? this.#pushChanged(stack, { frame, file, reader }) : this.#pushPlain(stack, frame, file);
  }

  /** The id of the traceback with the most recent `limit` frames of a stack. */
  traceback(stack: CallStack | null, limit: number): number {
    const top = stack ?? this.#pushPseudo(null, '<root>'); // allocated outside of any script and pseudo-node
    const kept = Math.min(top.depth, limit);
    const locations = new Array<number>(kept);
    let step: CallStack | null = top;
    for (let i = kept - 1; i >= 0 && step; i--, step = step.caller) locations[i] = step.location;
    return this.#table.traceback(locations, 0, kept, top.depth);
  }

  /** `(GC)` becomes `<GC>`. The root of the tree is not a frame. A builtin is folded. */
  #pushOutsideScripts(stack: CallStack | null, { functionName }: CallFrame): CallStack | null {
    const pseudo = /^\((.+)\)$/.exec(functionName)?.[1];
    return pseudo === undefined || pseudo === 'root' ? stack : this.#pushPseudo(stack, `<${pseudo}>`);
  }

  /** A frame of a collected script, with what is known of the script. */
  #found(stack: CallStack | null, frame: CallFrame): CallFrame {
    const script = this.#options.collected?.(frame.scriptId);
    if (script === undefined) return { ...frame, url: frame.url || UNKNOWN_SCRIPT };
    const caller: Caller = stack?.scriptId === frame.scriptId ? 'same script' : stack?.isLoader ? 'loader' : 'elsewhere';
    return { ...frame, url: frame.url || script.url, ...script.startOf(frame.functionName, caller) };
  }

  #pushPseudo(stack: CallStack | null, filename: string): CallStack {
    const name = this.#table.functionName('');
    const location = this.#table.location({ file: this.#table.filename(filename), lineno: 0, column: 0, name, isLine: false });
    return { location, ...above(stack), scriptId: '0', name, isLoader: false };
  }

  #pushPlain(
    stack: CallStack | null,
    { scriptId, functionName, lineNumber, columnNumber }: CallFrame,
    { id: file, isLoader }: File,
  ): CallStack {
    const name = this.#table.functionName(functionName);
    const location = this.#table.location({ file, lineno: oneBased(lineNumber), column: oneBased(columnNumber), name, isLine: false });
    return { location, ...above(stack), scriptId, name, isLoader };
  }

  #pushChanged(
    stack: CallStack | null,
    { frame, file, reader }: { frame: CallFrame; file: File; reader: PositionReader },
  ): CallStack | typeof OWN {
    const { scriptId, functionName, lineNumber, columnNumber } = frame;
    const wrapper = reader.wrapperAt(lineNumber, columnNumber);
    if (wrapper?.line === NOBODYS_LINE) return OWN;
    // V8 keeps only 128 frames. If the outermost frame is a wrapper, the function around it may have been cut off.
    const around = wrapper && stack?.scriptId === scriptId ? stack : null;
    const caller = around ? around.caller : stack;
    const name = around ? around.name : this.#table.functionName(functionName);
    const onLine = wrapper ?? reader.functionAt(lineNumber, columnNumber);
    const { line: lineno, column } = onLine ?? reader.originalPosition(lineNumber, columnNumber);
    const location = this.#table.location({ file: file.id, lineno, column, name, isLine: onLine !== undefined });
    return { location, ...above(caller), label: stack?.label ?? '', scriptId, name, isLoader: false };
  }

  #file(url: string): File {
    let known = this.#files.get(url);
    if (known === undefined) {
      const name = normalFilename(url);
      const kind = ownKind(url) ?? this.#options.codeOf?.(name) ?? 'program';
      known = { id: this.#table.filename(name), kind, isLoader: LOADERS.test(name) };
      this.#files.set(url, known);
    }
    return known;
  }
}

function above(caller: CallStack | null): Pick<CallStack, 'caller' | 'depth' | 'label'> {
  return { caller, depth: (caller?.depth ?? 0) + 1, label: caller?.label ?? '' };
}

/** What we run in a target by its name; undefined for anything else. */
function ownKind(url: string): CodeKind | undefined {
  if (url === LABEL_RUNTIME) return 'folded';
  return url.startsWith(OWN_SCHEME) ? 'own' : undefined;
}

/** 0 means none. A position before the file's first character is none too. */
function oneBased(position: number): number {
  return Math.max(0, position + 1);
}
