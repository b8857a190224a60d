import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathOfFileUrl, percentDecoded } from '../text/file-urls.js';
import { inlineMap } from './inline-map.js';
import { MapProblem, MissingMap } from './map-problem.js';

/** A larger script or map is not read. A map of this size takes a second and some 140 MB. */
const MAX_MAP_BYTES = 64 * 1024 * 1024;
const COMMENT = '//# sourceMappingURL=';
/** Other comments of this kind may follow the one with the URL. */
const MAX_BEHIND = 2000;

export interface FoundMap {
  /** For people: the path of the map, or the script that contains it. */
  readonly name: string;
  /** The files that the map's sources may be relative to. */
  readonly bases: readonly string[];
  /** @throws MapProblem */
  readonly text: () => string;
}

/**
 * The source map of a script: the one that its last `//# sourceMappingURL=` names, inline or in a file, or FILE.map if the script names
 * none. Only files are read. null if there is no sign of a map.
 *
 * @param url the map's URL according to V8, if V8 was asked; otherwise the script is read
 */
export function findMap(filename: string, url?: string): FoundMap | null {
  const named = url ?? (isAbsolute(filename) ? namedIn(filename) : null);
  if (named !== null) return mapOfUrl(named, filename);
  const beside = `${filename}.map`;
  return isAbsolute(filename) && isFile(beside) ? mapOfFile(beside, [beside]) : null;
}

export function mapOfFile(file: string, bases: readonly string[]): FoundMap {
  return { name: file, bases, text: () => readMapFile(file) };
}

function mapOfUrl(url: string, filename: string): FoundMap | null {
  if (url.startsWith('data:')) return { name: `of ${filename}`, bases: [filename], text: () => textOfUrl(url) };
  if (/^[a-z]{2,}:/i.test(url) && !url.startsWith('file:')) return null; // nothing is fetched
  const file = url.startsWith('file:') ? pathOfFileUrl(url) : resolve(dirname(filename), percentDecoded(url));
  return mapOfFile(file, [file]);
}

function textOfUrl(url: string): string {
  if (url.length > MAX_MAP_BYTES) throw tooLarge();
  const text = inlineMap(url);
  if (text === undefined) throw new MapProblem('its URL contains no JSON');
  return text;
}

function namedIn(filename: string): string | null {
  const source = scriptOf(filename);
  if (!source) return null;
  const at = source.lastIndexOf(COMMENT);
  return at === -1 ? null : namedBy(source.toString('utf8', at + COMMENT.length));
}

/** null also if we may not read the script: the program may run as another user, or may have been started by one. */
function scriptOf(filename: string): Buffer | null {
  if (!isFile(filename) || statSync(filename).size > MAX_MAP_BYTES) return null;
  try {
    return contentOf(filename);
  } catch {
    return null;
  }
}

/** If anything but comments follows the text, it is no comment but part of a string of the program. */
function namedBy(rest: string): string | null {
  const url = /^[^\s'"`]*/.exec(rest)![0];
  const behind = rest.slice(url.length, url.length + MAX_BEHIND).split('\n');
  return url !== '' && behind.every((line) => /^\s*(?:\/\/|$)/.test(line)) ? url : null;
}

function readMapFile(file: string): string {
  if (!isFile(file)) throw new MissingMap('there is no such file');
  if (statSync(file).size > MAX_MAP_BYTES) throw tooLarge();
  try {
    return new TextDecoder().decode(contentOf(file)); // drops the byte order mark
  } catch (error) {
    throw new MapProblem(`it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** Files that the kernel generates have a size of 0, and some never end: `/proc/kmsg`. */
function contentOf(file: string): Buffer {
  return statSync(file).size === 0 ? Buffer.alloc(0) : readFileSync(file);
}

function tooLarge(): MapProblem {
  return new MapProblem(`it is larger than ${MAX_MAP_BYTES / 1024 / 1024} MiB`);
}

/** Not every name is a path here: the snapshot may come from another machine, and a name with a NUL makes stat throw. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
