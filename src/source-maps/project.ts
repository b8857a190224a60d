import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * The folder of the project that a folder belongs to: the nearest above it with a `.git`, else the highest with a package.json, which is
 * that of a monorepo. null where there is neither; never the root of the file system, which would make everything a part of it.
 */
function projectOf(folder: string): string | null {
  let found: string | null = null;
  for (let path = resolve(folder); path !== dirname(path); path = dirname(path)) {
    if (existsSync(join(path, '.git'))) return path;
    if (existsSync(join(path, 'package.json'))) found = path;
  }
  return found;
}

/** The project of a folder; without one the folder above it, where sources mostly are beside what was built. */
export function surroundingsOf(folder: string): string {
  const above = dirname(folder);
  return projectOf(folder) ?? (above === dirname(above) ? folder : above);
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A folder in which a user works, and the project that it belongs to. */
export interface Workplace {
  readonly folder: string;
  readonly project: string;
}

/** @param named a folder that the user named @param cwd one in which he stands: one that is in no project does not count */
export function workplaces({ named, cwd }: { named: string | null; cwd: string }): Workplace[] {
  const project = projectOf(cwd);
  return [
    ...(named === null ? [] : [{ folder: named, project: projectOf(named) ?? named }]),
    ...(project === null ? [] : [{ folder: cwd, project }]),
  ];
}

/** From the folder up to its project. */
export function upwards({ folder, project }: Workplace): string[] {
  return folder === project || folder === dirname(folder) ? [folder] : [folder, ...upwards({ folder: dirname(folder), project })];
}
