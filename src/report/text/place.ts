import { relative, sep } from 'node:path';
import type { Frame } from '../../model/frame.js';
import type { Traceback } from '../../model/traceback.js';
import type { KeyType } from '../../snapshot/statistics/key-type.js';
import { printable } from '../../text/printable.js';
import { cutEnd, cutMiddle, ELLIPSIS, widthOf } from '../../text/text-width.js';

export interface PlaceOptions {
  readonly keyType: KeyType;
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
  /** Columns that there are; default: any number. */
  readonly width?: number;
}

const CALLED_BY = ' < ';
/** A path that is shortened further says little; then the name of the function is shortened first. */
const LEAST_PATH = 14;
/** What is left of a name that is shortened. */
const LEAST_NAME = 4;

/**
 * Where a group stands, for a table: the path as seen from `cwd`, the line where the key has one, the function where it is known. Of a
 * stack the most recent frame comes first, then its callers: `parse.js:7 < load.js:3 < main.js:1`. What is wider than the room is
 * shortened in the middle of the path, never in the number of the line; of a stack the oldest frames are left out first.
 */
export function placeOf(traceback: Traceback, { keyType, cwd, width = Number.POSITIVE_INFINITY }: PlaceOptions): string {
  const frames = [...traceback.frames].reverse().map((frame) => frameParts(frame, keyType, cwd));
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

/** One frame as a table by line shows it. */
export function framePlace(frame: Frame, { cwd, width }: Pick<PlaceOptions, 'cwd'> & { readonly width: number }): string {
  return fitted(frameParts(frame, 'lineno', cwd), width);
}

interface FrameParts {
  readonly path: string;
  /** `:7`, or nothing. */
  readonly line: string;
  /** ` load`, or nothing. */
  readonly name: string;
}

function frameParts({ filename, lineno, functionName }: Frame, keyType: KeyType, cwd: string): FrameParts {
  const isNamed = functionName !== '' && (keyType === 'lineno' || keyType === 'traceback' || keyType === 'function');
  return {
    path: printable(shortPath(filename, cwd)),
    line: lineno > 0 ? `:${lineno}` : '',
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

/** A path as seen from `cwd` where it lies below it. */
export function shortPath(filename: string, cwd: string): string {
  const path = filename.startsWith(cwd + sep) ? relative(cwd, filename) : filename;
  return path === '' ? filename : path;
}
