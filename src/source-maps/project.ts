import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * The project folder of a folder: the nearest folder above it with a `.git`, otherwise the highest with a package.json, which is the root
 * of a monorepo. null if there is neither. Never the root of the file system, which would make every file part of the project.
 */
export function projectOf(folder: string): string | null {
  let found: string | null = null;
  for (let path = resolve(folder); path !== dirname(path); path = dirname(path)) {
    if (existsSync(join(path, '.git'))) return path;
    if (existsSync(join(path, 'package.json'))) found = path;
  }
  return found;
}

/** The project of a folder. If there is none, the folder above, because sources usually stand beside the build output. */
export function surroundingsOf(folder: string): string {
  const above = dirname(folder);
  return projectOf(folder) ?? (above === dirname(above) ? folder : above);
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** A folder in which a user works, and its project. */
export interface Workplace {
  readonly folder: string;
  readonly project: string;
}

/** @param named a folder that the user named @param cwd the current folder; it does not count unless it belongs to a project */
export function workplaces({ named, cwd }: { named: string | null; cwd: string }): Workplace[] {
  const project = projectOf(cwd);
  return [
    ...(named === null ? [] : [{ folder: named, project: projectOf(named) ?? named }]),
    ...(project === null ? [] : [{ folder: cwd, project }]),
  ];
}

/** All folders from this one up to its project. */
export function foldersUpToProject({ folder, project }: Workplace): string[] {
  return folder === project || folder === dirname(folder)
    ? [folder]
    : [folder, ...foldersUpToProject({ folder: dirname(folder), project })];
}
