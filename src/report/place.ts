import { relative, sep } from 'node:path';
import type { Frame } from '../model/frame.js';
import type { Traceback } from '../model/traceback.js';
import type { KeyType } from '../snapshot/key-type.js';
import { printable } from './printable.js';

/**
 * Where a group stands, for a table: the path as seen from `cwd`, the line where the key has one, the function where it is known. Of a
 * stack the most recent frame comes first, then its callers: `parse.js:7 < load.js:3 < main.js:1`.
 */
export function placeOf(traceback: Traceback, keyType: KeyType, cwd: string): string {
  return [...traceback.frames]
    .reverse()
    .map((frame) => framePlace(frame, keyType, cwd))
    .join(' < ');
}

function framePlace(frame: Frame, keyType: KeyType, cwd: string): string {
  const name = frame.functionName === '' ? '' : ` ${frame.functionName}`;
  const line = frame.lineno > 0 ? `:${frame.lineno}` : '';
  return printable(
    `${shortPath(frame.filename, cwd)}${line}${keyType === 'lineno' || keyType === 'traceback' || keyType === 'function' ? name : ''}`,
  );
}

function shortPath(filename: string, cwd: string): string {
  const path = filename.startsWith(cwd + sep) ? relative(cwd, filename) : filename;
  return path === '' ? filename : path;
}
