import { fileURLToPath } from 'node:url';
import type { CodeKind } from '../collect/call-stack.js';

/** dist/src, where our compiled files are. */
export const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/**
 * What of ours stands between frames of the program and of Node: the compile step of `node-tracemalloc/register`, and the start, the kill and the
 * inspector of processes in a followed program.
 */
const BETWEEN =
  /[\\/]lines[\\/]preload[\\/]compile-step\.js$|[\\/]target[\\/]preload[\\/](?:follow|ask-before-kill|hidden-inspector)\.cjs$/;

/** Tells the code below any of `folders` from the program's. */
export function ownCode(folders: readonly string[]): (filename: string) => CodeKind {
  return (filename) => {
    if (!folders.some((folder) => filename.startsWith(folder))) return 'program';
    return BETWEEN.test(filename) ? 'folded' : 'own';
  };
}
