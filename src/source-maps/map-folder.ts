import { type Dirent, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { MapProblem } from './map-problem.js';

/** A folder of maps, for scripts whose own folders are elsewhere: on another machine, in an image that was built without maps. */
export class MapFolder {
  readonly path: string;
  /** Paths by base name. */
  readonly #maps = new Map<string, string[]>();

  /** @throws UsageError where it is no folder that can be read */
  constructor(path: string) {
    this.path = resolve(path);
    for (const map of mapsBelow(this.path)) {
      const name = basename(map);
      this.#maps.set(name, [...(this.#maps.get(name) ?? []), map]);
    }
  }

  /**
   * The map of a script: of those named FILE.map the one whose path agrees in most folders with that of the script, counted from the end. A
   * file of a package needs all of its path within `node_modules` to agree: names such as index.js are too common.
   *
   * @throws MapProblem where several fit equally well
   */
  find(filename: string): string | null {
    const wanted = `${filename}.map`.split(/[\\/]/).reverse();
    const packages = wanted.indexOf('node_modules');
    const least = packages === -1 ? 1 : packages;
    let [best, most, isOnly] = [null as string | null, least - 1, true];
    for (const map of this.#maps.get(wanted[0]!) ?? []) {
      const parts = map.split(/[\\/]/).reverse();
      const differs = wanted.findIndex((part, i) => part !== parts[i]);
      const agreeing = differs === -1 ? wanted.length : differs;
      if (agreeing < least || agreeing < most) continue;
      [best, most, isOnly] = [map, agreeing, agreeing > most];
    }
    if (!isOnly) throw new MapProblem(`several files in ${this.path} are named ${wanted[0]}, and nothing says which is meant`);
    return best;
  }
}

/** Links are not followed: they may lead in circles. */
function mapsBelow(root: string): string[] {
  const maps: string[] = [];
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of entriesOf(folder, root)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      else if (entry.name.endsWith('.map')) maps.push(path);
    }
  }
  return maps;
}

function entriesOf(folder: string, root: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (folder !== root) return []; // one that may not be read has no maps for us
    throw new UsageError(`${folder} is no folder of source maps: ${(error as NodeJS.ErrnoException).code}; check the path`, {
      cause: error,
    });
  }
}
