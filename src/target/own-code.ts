import { fileURLToPath } from 'node:url';
import type { CodeKind } from '../collect/call-stack.js';

/** dist/src, where our compiled files are. */
export const OWN_FOLDER = fileURLToPath(new URL('..', import.meta.url));

/** The one frame of ours that the program's own code is called from: the compile step of `node-tracemalloc/register`. */
const COMPILE_STEP = /[\\/]lines[\\/]preload[\\/]compile-step\.js$/;

/** Tells the code below any of `folders` from the program's. */
export function ownCode(folders: readonly string[]): (filename: string) => CodeKind {
  return (filename) => {
    if (!folders.some((folder) => filename.startsWith(folder))) return 'program';
    return COMPILE_STEP.test(filename) ? 'folded' : 'own';
  };
}
