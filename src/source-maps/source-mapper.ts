import { existsSync } from 'node:fs';
import { inMemory } from '../model/in-memory.js';
import { type OriginalPlaces, OriginalPlacesBuilder } from '../model/original-places.js';
import type { StackTable } from '../model/stack-table.js';
import { type FoundMap, findMap, mapOfFile, mapOfUrl } from './find-map.js';
import { MapFolder } from './map-folder.js';
import { MapProblem, MapWarnings, MissingMap } from './map-problem.js';
import { type Workplace, workplaces } from './project.js';
import { readMap } from './read-map.js';
import { readScript } from './script-file.js';
import { type OriginalPlace, placesOf, type Script } from './script-places.js';
import { SourceNames } from './source-names.js';

export interface SourceMapperOptions {
  /** A folder with maps for scripts of any folder or machine. Its maps take precedence. */
  readonly folder?: string;
  /** Receives a line about each map that cannot be used, or only in part; once a map. */
  readonly warn?: (line: string) => void;
}

/** What a snapshot knows about its locations. */
export interface Mappable {
  readonly table: StackTable;
  /** The URLs of source maps by filename, as V8 reported them, for scripts whose text is not that of their file. Empty: there is no map. */
  readonly sourceMaps: ReadonlyMap<string, string>;
  /** The places that were found while the program ran. They are more reliable than the maps on disk now. */
  readonly original: OriginalPlaces | null;
}

/**
 * Finds the places in the sources from which a snapshot's locations were compiled. We read the maps ourselves, the target never does. Maps
 * are read only for the wanted positions, and are not kept.
 */
export class SourceMapper {
  readonly #folder: MapFolder | null;
  readonly #workplaces: readonly Workplace[];
  readonly #warnings: MapWarnings;

  /** @throws UsageError if the folder cannot be read */
  constructor({ folder, warn = () => {} }: SourceMapperOptions = {}) {
    this.#folder = folder === undefined ? null : new MapFolder(folder);
    this.#workplaces = workplaces({ named: this.#folder?.path ?? null, cwd: process.cwd() });
    this.#warnings = new MapWarnings(warn);
  }

  /**
   * null if no location has an original place.
   *
   * @param isWanted the files whose maps are read; places that are already known are kept anyway
   */
  placesOf({ table, sourceMaps, original }: Mappable, isWanted: (filename: string) => boolean = () => true): OriginalPlaces | null {
    const places = new OriginalPlacesBuilder(table.locationFile.length, original);
    let isFolderOfUse = false;
    for (const script of scriptsOf(table)) {
      const { filename, locations } = script;
      const isKnown = original !== null && locations.some((location) => original.line[location]! > 0);
      this.#guarded(`of ${filename}`, () => {
        const inFolder = this.#inFolder(filename);
        isFolderOfUse ||= inFolder !== null;
        const isDone = inFolder !== null || isKnown || !isWanted(filename);
        const url = isDone ? undefined : sourceMaps.get(filename);
        const map = url === undefined ? (isDone ? inFolder : findMap(filename)) : url === '' ? null : mapOfUrl(url, filename);
        const hasFile = map !== null && !isDone && url === undefined;
        if (map) this.#guarded(map.name, () => this.#read(map, script, { places, hasFile }));
        if (url !== undefined) nameTextInMemory(script, places);
      });
    }
    this.#warnings.sayMissing();
    if (this.#folder && !isFolderOfUse) this.#warnings.addUselessFolder(this.#folder.path);
    return places.build();
  }

  #inFolder(filename: string): FoundMap | null {
    const file = this.#folder?.find(filename) ?? null;
    return file === null ? null : mapOfFile(file, [file, `${filename}.map`]);
  }

  /** @param hasFile whether the file of the script, on this machine, has the text that ran */
  #read(map: FoundMap, script: Script, { places, hasFile }: { readonly places: OriginalPlacesBuilder; readonly hasFile: boolean }): void {
    const { filename, locations } = script;
    const originals = placesOf(readMap(map.text()), script, () => (hasFile ? linesOf(filename) : undefined));
    if (originals.includes('wrong')) this.#warnings.add(map.name, 'is wrong: it names impossible places, which are left out');
    const found = originals.filter((original): original is OriginalPlace => original !== null && original !== 'wrong');
    const names = this.#namesOf(map, filename, new Set(found.map(({ source }) => source)));
    originals.forEach((original, i) => {
      if (original === null || original === 'wrong') return;
      places.set(locations[i]!, { ...original, filename: names.get(original.source)! });
    });
  }

  /** Resolved against the first of the map's bases for which a source exists; against the last if none exists on this machine. */
  #namesOf({ name: map, bases }: FoundMap, script: string, sources: ReadonlySet<string>): ReadonlyMap<string, string> {
    let names = new Map<string, string>();
    for (const base of bases) {
      const sourceNames = new SourceNames({ script, base, workplaces: this.#workplaces });
      names = new Map([...sources].map((source) => [source, sourceNames.nameOf(source)]));
      if ([...names.values()].some((name) => existsSync(name))) break;
    }
    const outside = [...names.values()].find((name) => name.startsWith('file:'));
    if (outside !== undefined) this.#warnings.add(map, `names sources outside of the project, which are not read: ${outside}`);
    return names;
  }

  /** If a map cannot be used, only its own lines are lost. */
  #guarded(map: string, work: () => void): void {
    try {
      work();
    } catch (problem) {
      if (problem instanceof MissingMap) this.#warnings.addMissing(map);
      else if (problem instanceof MapProblem) this.#warnings.add(map, `is not used: ${problem.message}`);
      else throw problem;
    }
  }
}

/** The lines of a text that is not that of its file must not look like lines of the file. */
function nameTextInMemory({ filename, table, locations }: Script, places: OriginalPlacesBuilder): void {
  for (const location of locations) {
    if (places.isKnown(location)) continue;
    const [line, column] = [table.locationLine[location]!, table.locationColumn[location]!];
    places.set(location, { filename: inMemory(filename), line, column });
  }
}

/** The scripts of all locations that have a line. */
function scriptsOf(table: StackTable): Script[] {
  const byFile = new Map<number, number[]>();
  for (let location = 0; location < table.locationFile.length; location++) {
    if (table.locationLine[location] === 0) continue;
    const file = table.locationFile[location]!;
    const locations = byFile.get(file);
    if (locations) locations.push(location);
    else byFile.set(file, [location]);
  }
  const { locationLine: line, locationColumn: column } = table;
  return [...byFile].map(([file, locations]) => ({
    filename: table.filenames[file]!,
    table,
    locations: Uint32Array.from(locations).sort((a, b) => line[a]! - line[b]! || column[a]! - column[b]!),
  }));
}

/** The lines of a script's file. V8 counts these characters as their ends. */
function linesOf(filename: string): readonly string[] | undefined {
  return readScript(filename)
    ?.toString()
    .split(/\r\n|[\n\r\u2028\u2029]/);
}
