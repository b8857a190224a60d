import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_CACHE } from './nodes.js';
import { repoPath } from './paths.js';

/** Folders of fixtures with a package.json and a lock file, which pin every version of what the tests use. */
export const PACKAGE_SETS = ['corpus', 'suites', 'loaders', 'compilers', 'runners'] as const;
export type PackageSet = (typeof PACKAGE_SETS)[number];

export function setFiles(set: PackageSet): string[] {
  return ['package.json', 'package-lock.json'].map((name) => repoPath('fixtures', set, name));
}

/** Where the packages of a set are installed: once for each state of its lock file. */
export function setFolder(set: PackageSet): string {
  const hash = createHash('sha256');
  for (const file of setFiles(set)) hash.update(readFileSync(file));
  return join(NODE_CACHE, `${set}-${hash.digest('hex').slice(0, 16)}`);
}

/** The folder of packages that global-setup could fill; null where it could not. */
export function installedModules(set: PackageSet): string | null {
  const modules = join(setFolder(set), 'node_modules');
  return existsSync(modules) ? modules : null;
}

/** Its folder, where nothing can be tested without it. */
export function requiredFolder(set: PackageSet): string {
  if (installedModules(set) === null) throw new Error(`the packages of fixtures/${set} are not installed`);
  return setFolder(set);
}
