import { relative, sep } from 'node:path';
import type { Frame } from '../../model/frame.js';
import type { Traceback } from '../../model/traceback.js';
import type { IsPacked } from '../../snapshot/packed-lines.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import type { OwnCaller } from '../../snapshot/statistics/own-callers.js';
import { printable } from '../../text/printable.js';
import { cutEnd, cutMiddle, ELLIPSIS, widthOf } from '../../text/text-width.js';
import { percent } from './percent.js';

export interface PlaceOptions {
  readonly keyType: KeyType;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
  /** Available columns; unlimited by default. */
  readonly width?: number;
  /** On such a line a place also has its column. */
  readonly isPacked?: IsPacked | undefined;
}

/** Keys whose places have the name of a function. */
const NAMED: ReadonlySet<KeyType> = new Set(['lineno', 'traceback', 'function', 'own']);
const CALLED_BY = ' < ';
/** A path shorter than this says little, so the function's name is shortened before that. */
const LEAST_PATH = 14;
/** The least that is kept of a shortened name. */
const LEAST_NAME = 4;

/**
 * The place of a group, for a table: the path relative to `cwd`, the line if the key has one, and the function if it is known. For a stack
 * the most recent frame comes first, then its callers: `parse.js:7 < load.js:3 < main.js:1`. If the text is too wide, the path loses its
 * middle and a stack its oldest frames first. The line number is never cut.
 */
export function placeOf(traceback: Traceback, options: PlaceOptions): string {
  const { width = Number.POSITIVE_INFINITY } = options;
  const frames = [...traceback.frames].reverse().map((frame) => frameParts(frame, options));
  const whole = frames.map(({ path, line, name }) => path + line + name).join(CALLED_BY);
  if (widthOf(whole) <= width) return whole;
  const rest = frames.length > 1 ? CALLED_BY + ELLIPSIS : '';
  let place = fitted(frames[0]!, width - rest.length);
  for (const { path, line, name } of frames.slice(1)) {
    const longer = place + CALLED_BY + path + line + name;
    if (widthOf(longer + rest) > width) break;
    place = longer;
  }
  return place + rest;
}

/** Behind the place of a group that is not of the program's own files: which of these led to it. `← src/export.ts:41 pack (93 %)` */
export function callerOf({ frame, share }: OwnCaller, { width, ...options }: FrameOptions): string {
  const [before, after] = ['← ', ` (${percent(share, 1)})`];
  return before + framePlace(frame, { ...options, width: width - before.length - after.length }) + after;
}

/** The place of one frame, as in a table by line. */
export function framePlace(frame: Frame, { width, ...options }: FrameOptions): string {
  return fitted(frameParts(frame, { keyType: 'lineno', ...options }), width);
}

type FrameOptions = Pick<PlaceOptions, 'cwd' | 'isPacked'> & { readonly width: number };

interface FrameParts {
  readonly path: string;
  /** `:7`, `:1:3021` on a packed line, or empty. */
  readonly line: string;
  /** ` load`, or empty. */
  readonly name: string;
}

function frameParts(frame: Frame, { keyType, cwd, isPacked }: PlaceOptions): FrameParts {
  const { filename, lineno, column, functionName } = frame;
  const isNamed = functionName !== '' && NAMED.has(keyType);
  return {
    path: printable(keyType === 'label' ? filename : shortPath(filename, cwd)),
    line: (lineno > 0 ? `:${lineno}` : '') + (column > 0 && isPacked?.(frame) ? `:${column}` : ''),
    name: isNamed ? ` ${printable(functionName)}` : '',
  };
}

function fitted({ path, line, name }: FrameParts, width: number): string {
  const room = width - line.length;
  if (widthOf(path + name) <= room) return path + line + name;
  const nameRoom = room - Math.min(widthOf(path), LEAST_PATH);
  const shownName = nameRoom < Math.min(widthOf(name), LEAST_NAME) ? '' : cutEnd(name, nameRoom);
  const file = path.slice(path.lastIndexOf('/') + 1);
  return cutMiddle(path, Math.max(1, room - widthOf(shownName)), widthOf(file)) + line + shownName;
}

/** V8's name for allocations without a JavaScript frame, as a snapshot has it. */
export const NATIVE_CODE = '<V8 API>';

/** The name of a file, in words if it is one that only V8's developers know. */
export function nameForReader(filename: string): string {
  return filename === NATIVE_CODE ? '<native code, no JavaScript on the stack>' : filename;
}

/** The path relative to `cwd` if it is below it. */
export function shortPath(filename: string, cwd: string): string {
  const path = filename.startsWith(cwd + sep) ? relative(cwd, filename) : filename;
  return path === '' ? filename : nameForReader(path);
}
