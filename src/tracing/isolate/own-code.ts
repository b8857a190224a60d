import { fileURLToPath } from 'node:url';
import type { CodeKind } from '../../collect/stacks/call-stack.js';

/**
 * Our files whose frames stand between frames of the program and of Node: the compile step of `node-tracemalloc/register`, the start, the kill
 * and the inspector of processes in a followed program, and what calls the work of an assertion, or the work that has a label. Their paths are those within the package, because a program may have loaded another copy.
 */
const BETWEEN = [
  new URL('../../lines/preload/compile-step.js', import.meta.url),
  new URL('../../testing/call-work.js', import.meta.url),
  new URL('../../labels/labels.cjs', import.meta.url),
  ...['follow', 'ask-before-kill', 'hidden-inspector'].map((name) => new URL(`../../tracing/preload/${name}.cjs`, import.meta.url)),
].map((url) => fileURLToPath(url).slice(fileURLToPath(new URL('../../', import.meta.url)).length));

/** Tells the code below any of `folders` from the program's. Each folder ends with a separator. */
export function ownCode(folders: readonly string[]): (filename: string) => CodeKind {
  return (filename) => {
    const folder = folders.find((each) => filename.startsWith(each));
    if (folder === undefined) return 'program';
    return BETWEEN.includes(filename.slice(folder.length)) ? 'folded' : 'own';
  };
}
