import { fileURLToPath } from 'node:url';
import type { CodeKind } from '../../collect/stacks/call-stack.js';

/**
 * What of ours stands between frames of the program and of Node: the compile step of `node-tracemalloc/register`, and the start, the kill and the
 * inspector of processes in a followed program. By their path within the package, since a program may have another copy of it loaded.
 */
const BETWEEN = [
  new URL('../../lines/preload/compile-step.js', import.meta.url),
  ...['follow', 'ask-before-kill', 'hidden-inspector'].map((name) => new URL(`../preload/${name}.cjs`, import.meta.url)),
].map((url) => fileURLToPath(url).slice(fileURLToPath(new URL('../../', import.meta.url)).length));

/** Tells the code below any of `folders`, each with a separator at its end, from the program's. */
export function ownCode(folders: readonly string[]): (filename: string) => CodeKind {
  return (filename) => {
    const folder = folders.find((each) => filename.startsWith(each));
    if (folder === undefined) return 'program';
    return BETWEEN.includes(filename.slice(folder.length)) ? 'folded' : 'own';
  };
}
