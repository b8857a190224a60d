import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoPath } from './paths.js';

export const CORPUS = repoPath('fixtures/corpus');
const HELPERS = ['report.cjs', 'serve.cjs'];

/** The files of the workloads whose packages are in the folder. */
export function workloadsWith(modules: string): string[] {
  return readdirSync(CORPUS).filter((file) => {
    if (!file.endsWith('.cjs') || HELPERS.includes(file)) return false;
    const required = readFileSync(join(CORPUS, file), 'utf8').matchAll(/require(?:\.resolve)?\('([^'.]+)'\)/g);
    const needed = [...required].map(([, name]) => name!);
    return needed.length > 0 && needed.every((name) => name.startsWith('node:') || existsSync(join(modules, name)));
  });
}
