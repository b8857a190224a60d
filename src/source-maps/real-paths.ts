import { lstatSync, realpathSync } from 'node:fs';
import { join, parse, resolve, sep } from 'node:path';
import { isInside, projectOf } from './project.js';

/** Where a path leads to, with all links resolved; null if there is no such file. */
export function realPathOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null; // missing, not readable, or a circle of links
  }
}

/**
 * Where a path leads to; null if a link on the way leads out of the project that holds the link, and not into that of the current folder. A path
 * without a link leads to itself. Otherwise whoever wrote the project could choose which files we read.
 */
export function realPathInProject(path: string, cwd: string): string | null {
  const real = realPathOf(path);
  const holder = real === null ? null : folderOfFirstLink(path);
  if (real === null || holder === null) return real;
  const own = projectOf(realPathOf(cwd) ?? cwd);
  return isInside(real, projectOf(holder) ?? holder) || (own !== null && isInside(real, own)) ? real : null;
}

/** The real folder in which the first link of a path stands; null if no part of the path is a link. */
function folderOfFirstLink(path: string): string | null {
  const absolute = resolve(path);
  const { root } = parse(absolute);
  let folder = root;
  for (const name of absolute.slice(root.length).split(sep)) {
    const next = join(folder, name);
    if (lstatSync(next).isSymbolicLink()) return folder;
    folder = next;
  }
  return null;
}
