import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_CACHE } from './nodes.js';
import { repoPath } from './paths.js';

/** What fixtures/corpus needs, with every version pinned. */
export const CORPUS_FILES = ['package.json', 'package-lock.json'].map((name) => repoPath('fixtures/corpus', name));

/** Where the packages of fixtures/corpus are installed: once for each state of their lock file. */
export function corpusFolder(): string {
  const hash = createHash('sha256');
  for (const file of CORPUS_FILES) hash.update(readFileSync(file));
  return join(NODE_CACHE, `corpus-${hash.digest('hex').slice(0, 16)}`);
}

/** The folder that global-setup could fill; null where it could not. */
export function corpusModules(): string | null {
  const modules = join(corpusFolder(), 'node_modules');
  return existsSync(modules) ? modules : null;
}
