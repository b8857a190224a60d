import { fileURLToPath } from 'node:url';
import { loadRewriting } from '#rewriting';
import type { Sites } from '../sites.js';
import { COMPILE_STEP } from './compile-step.js';
import type { Registry } from './registry.js';

type Frame = NodeJS.CallSite;
type Format = (error: unknown, frames: readonly (Frame | string)[]) => unknown;

const OWN_FILES = new Set([COMPILE_STEP, fileURLToPath(COMPILE_STEP)]);

/**
 * Shows stacks as if nothing had been wrapped: no wrapper, every frame where it is in the original text. Only if the program has not set
 * Error.prepareStackTrace by now; if it sets it later, ours is gone, and it sees the frames that there are. With Node's source maps
 * enabled, the stacks are Node's.
 */
export function installStackTraces(registry: Registry): void {
  const current = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace');
  const isNodes = current?.value === undefined || (current.value as Format).name === 'ErrorPrepareStackTrace';
  if (!isNodes || (current && !current.configurable)) return;
  const format: Format = current?.value ?? defaultFormat;
  const sitesOf = siteReader(registry);
  const prepareStackTrace: Format = (error, frames) => {
    if (process.sourceMapsEnabled === true) return format(error, frames);
    return format(error, foldedFrames(frames as readonly Frame[], sitesOf));
  };
  Object.defineProperty(Error, 'prepareStackTrace', { value: prepareStackTrace, writable: true, configurable: true, enumerable: false });
}

/** Tables are read when a stack with their script in it is looked at. */
function siteReader(registry: Registry): (url: string) => Sites | undefined {
  const known = new Map<string, { readonly table: string; readonly sites: Sites }>();
  return (url) => {
    const table = registry.tableOf(url);
    if (table === undefined) return undefined;
    const entry = known.get(url);
    if (entry?.table === table) return entry.sites;
    const read = { table, sites: loadRewriting().readSites(table) };
    known.set(url, read);
    return read.sites;
  };
}

/** Frames are innermost first: the wrappers of a function stand before it, and the first of them says where it is. */
function foldedFrames(frames: readonly Frame[], sitesOf: (url: string) => Sites | undefined): (Frame | string)[] {
  try {
    const shown: (Frame | string)[] = [];
    let wrapper: string | undefined; // where the innermost one is
    let file = '';
    for (const frame of frames) {
      const url = frame.getFileName();
      if (url && OWN_FILES.has(url)) {
        // From 22 on V8 finds no name for Node's own method, because ours has taken its place.
        shown.push(String(shown.pop()).replace('.<anonymous> (', '._compile ('));
        continue;
      }
      const known = url ? sitesOf(url) : undefined;
      const place = known && placeOf(frame, known);
      if (!place) shown.push(frame);
      else if (place.isWrapper) {
        wrapper ??= place.text;
        file = String(url);
      } else {
        shown.push(String(frame).replace(/:\d+:\d+(\)?)$/, `:${wrapper ?? place.text}$1`));
        wrapper = undefined;
      }
    }
    if (wrapper !== undefined) shown.push(`${file}:${wrapper}`); // the limit has cut its function off
    return shown;
  } catch {
    return [...frames]; // when in doubt, as they are
  }
}

function placeOf(frame: Frame, known: Sites): { text: string; isWrapper: boolean } | undefined {
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  if (line === null || column === null) return undefined;
  const original = known.originalPosition(line - 1, column - 1);
  const [startLine, startColumn] = [frame.getEnclosingLineNumber() ?? 0, frame.getEnclosingColumnNumber() ?? 0];
  const isWrapper = known.wrapperAt(startLine - 1, startColumn - 1) !== undefined;
  return { text: `${original.line}:${original.column}`, isWrapper };
}

/** Node 18 has no function to ask: what its own formatter does, where the program has none. */
function defaultFormat(error: unknown, frames: readonly (Frame | string)[]): string {
  return frames.length === 0 ? header(error) : `${header(error)}\n    at ${frames.join('\n    at ')}`;
}

/** Errors of Node's own carry a mark, and have their code in the first line. */
function header(error: unknown): string {
  const { name, code, message } = error as Record<string, unknown>;
  const isNodes = Object.getOwnPropertySymbols(error).some((symbol) => symbol.description === 'kIsNodeError');
  return isNodes ? `${name} [${code}]: ${message}` : Error.prototype.toString.call(error);
}
