import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_CACHE } from './nodes.js';
import { repoPath } from './paths.js';

/** Folders of fixtures with a package.json and a lock file, which pin every version of what the tests use. */
export type PackageSet =
  | 'corpus'
  | 'suites'
  | 'loaders'
  | 'compilers'
  | 'runners'
  | 'growth'
  | 'readers'
  | 'devtools'
  | 'frameworks'
  | 'heap-tools'
  | 'assertions'
  | 'clickhouse';

export function setFiles(set: PackageSet): string[] {
  return ['package.json', 'package-lock.json'].map((name) => repoPath('fixtures', set, name));
}

/** Where the packages of a set are installed: once for each state of its lock file. */
export function setFolder(set: PackageSet): string {
  const hash = createHash('sha256');
  for (const file of setFiles(set)) hash.update(readFileSync(file));
  return join(NODE_CACHE, `${set}-${hash.digest('hex').slice(0, 16)}`);
}
