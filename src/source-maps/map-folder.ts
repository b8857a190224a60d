import { type Dirent, readdirSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import { MapProblem } from './map-problem.js';

/** A folder of maps, for scripts whose own folders are out of reach: on another machine, or in an image that was built without maps. */
export class MapFolder {
  readonly path: string;
  /** Paths by base name. */
  readonly #maps = new Map<string, string[]>();

  /** @throws UsageError if the folder cannot be read */
  constructor(path: string) {
    this.path = resolve(path);
    for (const map of mapsBelow(this.path)) {
      const name = basename(map);
      this.#maps.set(name, [...(this.#maps.get(name) ?? []), map]);
    }
  }

  /**
   * The map of a script. Of the maps named FILE.map it is the one whose path has the most folders in common with the script's path, counted
   * from the end. For a file of a package the whole path within `node_modules` must agree, because names such as index.js are too common.
   *
   * @throws MapProblem if several maps fit equally well
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
    if (!isOnly) throw new MapProblem(`several files in ${this.path} are named ${wanted[0]}, and none fits better than the others`);
    return best;
  }
}

/** Symbolic links are not followed, because they may form circles. */
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
    if (folder !== root) return []; // we can use no maps from a folder that we may not read
    throw new UsageError(`${folder} cannot be read as a folder of source maps: ${(error as NodeJS.ErrnoException).code}; check the path`, {
      cause: error,
    });
  }
}
