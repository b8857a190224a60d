import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * The path by which Node knows the main script of a process: without symbolic links, as those in `node_modules/.bin`. A name that is no path of a
 * file, such as one without its extension, is only made absolute.
 */
export function scriptPath(script: string, cwd = '.'): string {
  const path = resolve(cwd, script);
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}

/** The same from the URL that an inspector names, whose path is not escaped; undefined if it has no script, as a REPL. */
export function scriptOfInspector(url: string): string | undefined {
  return url.startsWith('file:///') ? url.slice('file://'.length) : undefined;
}
