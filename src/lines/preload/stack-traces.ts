import { findSourceMap, type SourceMapping } from 'node:module';
import { fileURLToPath } from 'node:url';
import { OWN_SCHEME } from '../../text/own-scripts.js';
import type { PositionLookup } from '../table/position-table.js';
import { COMPILE_STEP } from './compile-step.js';
import { loadRewriting } from './load-rewriting.js';
import type { Registry } from './script-registry.js';

type CallSite = NodeJS.CallSite;
type Format = (error: unknown, frames: readonly CallSite[]) => unknown;

const OWN_FILES = new Set([COMPILE_STEP, fileURLToPath(COMPILE_STEP)]);

/**
 * Shows stacks as if nothing had been wrapped: without wrappers, and with every frame at its original place. Does nothing if the program
 * has already set Error.prepareStackTrace. If the program sets it later, ours is replaced and the program sees the real frames. If source
 * maps are enabled, Node finds the original places itself.
 */
export function installStackTraces(registry: Registry): void {
  const current = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const isNodes = current?.value === undefined || (current.value as Format).name === 'ErrorPrepareStackTrace';
  if (!isNodes || (current && !current.configurable)) return;
  const format: Format = current?.value ?? defaultFormat;
  const tableOf = tableReader(registry);
  const prepareStackTrace: Format = (error, frames) => format(error, foldedFrames(frames, tableOf));
  Object.defineProperty(Error, 'prepareStackTrace', { value: prepareStackTrace, writable: true, configurable: true, enumerable: false });
}

/** A script's table is read only when somebody looks at a stack with that script in it. */
function tableReader(registry: Registry): (url: string) => PositionLookup | undefined {
  const known = new Map<string, { readonly table: string; readonly positions: PositionLookup }>();
  return (url) => {
    const table = registry.tableOf(url);
    if (table === undefined) return undefined;
    const entry = known.get(url);
    if (entry?.table === table) return entry.positions;
    const read = { table, positions: loadRewriting().readPositionTable(table) };
    known.set(url, read);
    return read.positions;
  };
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Frames come innermost first: a function's wrappers precede it, and the first of them has its current position. */
function foldedFrames(frames: readonly CallSite[], tableOf: (url: string) => PositionLookup | undefined): CallSite[] {
  try {
    const shown: CallSite[] = [];
    let wrapper: { readonly frame: CallSite; readonly place: CallSitePlace } | undefined; // the innermost one
    for (const frame of frames) {
      const url = frame.getFileName();
      if (url && OWN_FILES.has(url)) {
        // From Node 22 on V8 finds no name for Node's own method, because ours has replaced it.
        const compile = shown.pop();
        if (compile) shown.push(withText(compile, String(compile).replace('.<anonymous> (', '._compile (')));
        continue;
      }
      if (url?.startsWith(OWN_SCHEME)) continue; // what gives the work its label
      const known = url ? tableOf(url) : undefined;
      const place = known && placeOf(frame, known);
      if (!place) shown.push(frame);
      else if (place.isWrapper) wrapper ??= { frame, place };
      else {
        shown.push(at(frame, wrapper?.place ?? place, place.start));
        wrapper = undefined;
      }
    }
    if (wrapper) shown.push(at(wrapper.frame, wrapper.place, wrapper.place.start)); // the stack trace limit cut its function off
    return shown;
  } catch {
    return [...frames]; // if anything fails, show the real frames
  }
}

interface CallSitePlace extends Place {
  /** Where the frame's function starts. */
  readonly start: Place;
  readonly isWrapper: boolean;
}

function placeOf(frame: CallSite, known: PositionLookup): CallSitePlace | undefined {
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  if (line === null || column === null) return undefined;
  const [startLine, startColumn] = [(frame.getEnclosingLineNumber() ?? 0) - 1, (frame.getEnclosingColumnNumber() ?? 0) - 1];
  const isWrapper = known.wrapperAt(startLine, startColumn) !== undefined;
  return { ...known.originalPosition(line - 1, column - 1), start: known.originalPosition(startLine, startColumn), isWrapper };
}

/** The frame at its place in the original text. */
function at(frame: CallSite, { line, column }: Place, start: Place): CallSite {
  const text = String(frame).replace(/:\d+:\d+(\)?)$/, `:${line}:${column}$1`);
  return changed(frame, {
    getLineNumber: () => line,
    getColumnNumber: () => column,
    getEnclosingLineNumber: () => start.line,
    getEnclosingColumnNumber: () => start.column,
    toString: () => text,
  });
}

function withText(frame: CallSite, text: string): CallSite {
  return changed(frame, { toString: () => text });
}

/** A proxy is needed because V8's methods only work on V8's own objects. */
function changed(frame: CallSite, changes: Partial<CallSite> & { toString(): string }): CallSite {
  return new Proxy(frame, {
    get(target, key) {
      const value: unknown = Reflect.get(Object.hasOwn(changes, key) ? changes : target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** Node 18 does not expose its formatter. This does the same if the program has set none. */
function defaultFormat(error: unknown, frames: readonly CallSite[]): string {
  const texts = process.sourceMapsEnabled === true ? frames.map(inSource) : frames;
  return texts.length === 0 ? header(error) : `${header(error)}\n    at ${texts.join('\n    at ')}`;
}

function inSource(frame: CallSite): string {
  const text = String(frame);
  try {
    const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
    const entry = file && line && column ? findSourceMap(file)?.findEntry(line - 1, column - 1) : undefined;
    if (!entry || !('originalSource' in entry)) return text; // Node returns an empty object if it finds no entry
    const { originalSource, originalLine, originalColumn } = entry as SourceMapping;
    const source = originalSource.startsWith('file:') ? fileURLToPath(originalSource) : originalSource;
    const [place, original] = [`${file}:${line}:${column}`, `${source}:${originalLine + 1}:${originalColumn + 1}`];
    return text === place ? `<anonymous> (${original})` : text.replace(place, () => original);
  } catch {
    return text; // the source map is invalid
  }
}

/** Node's own errors carry a mark and show their code in the first line. */
function header(error: unknown): string {
  const { name, code, message } = error as Record<string, unknown>;
  const isNodes = Object.getOwnPropertySymbols(error).some((symbol) => symbol.description === 'kIsNodeError');
  return isNodes ? `${name} [${code}]: ${message}` : Error.prototype.toString.call(error);
}
