import { statSync } from 'node:fs';
import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

/** The file that `node PATH` runs: with its extension, behind links, and for a folder its main file. `path` itself if there is none. */
export function mainFile(path: string): string {
  try {
    return resolve(path);
  } catch {
    return path; // in another mount namespace, moved since, or found by a loader of the program's own
  }
}

export function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
