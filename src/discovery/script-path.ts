import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

/** The main script of a process, if it is of a package: then the files of this package may be the program. Other scripts are left out. */
export interface PackagedScript {
  readonly script?: string;
}

/** By the path as Node knows it: without symbolic links, as those in `node_modules/.bin`. @param script undefined if there is none */
export function packagedScript(script: string | undefined, cwd = '.'): PackagedScript {
  if (script === undefined) return {};
  const path = resolve(cwd, script);
  try {
    return ifPackaged(realpathSync.native(path));
  } catch {
    return ifPackaged(path); // no file, such as a name without its extension
  }
}

/** The same from the URL that an inspector names, whose path is real and not escaped. */
export function packagedScriptOf(url: string): PackagedScript {
  return ifPackaged(url.startsWith('file:///') ? url.slice('file://'.length) : '');
}

function ifPackaged(path: string): PackagedScript {
  return /[\\/]node_modules[\\/]/.test(path) ? { script: path } : {};
}
