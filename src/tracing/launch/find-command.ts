import { accessSync, closeSync, constants, openSync, readSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { isFile } from '../../discovery/main-file.js';

const HEAD_BYTES = 4096;
/** How the executables of Linux and macOS begin. */
const BINARY = /^(?:\u007fELF|[\u00cf\u00ce]\u00fa\u00ed\u00fe|\u00ca\u00fe\u00ba\u00be)/;

interface Surroundings {
  readonly cwd: string;
  readonly PATH: string | undefined;
}

/** The file that a command's name stands for, as npx finds it: of the packages of this folder and of those above, then of PATH. null if there is none. */
export function findCommand(name: string, { cwd, PATH = '' }: Surroundings): string | null {
  const own = above(cwd).map((folder) => join(folder, 'node_modules', '.bin'));
  return [...own, ...PATH.split(delimiter)].map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** Whether a file is started by the system, and not by node: a binary, or a script that names another interpreter. */
export function startsItself(path: string): boolean {
  if (!isExecutable(path)) return false;
  const interpreter = interpreterOf(path);
  return interpreter === null ? BINARY.test(headOf(path)) : interpreter !== 'node';
}

/** The program that a script names in its first line: `node`, `sh`; null if it names none. */
export function interpreterOf(path: string): string | null {
  const interpreter = /^#!\s*(?:\S*\/env\s+(?:-S\s+)?)?(\S+)/.exec(headOf(path))?.[1];
  return interpreter === undefined ? null : basename(interpreter);
}

/** The beginning of a file, byte by byte. */
export function headOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return isFile(path);
  } catch {
    return false;
  }
}

/** The folder and those above it. */
function above(folder: string): string[] {
  return dirname(folder) === folder ? [folder] : [folder, ...above(dirname(folder))];
}
