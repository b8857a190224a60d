import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileUrlOf, pathOfFileUrl } from '../text/file-urls.js';
import { inlineMap, isDataUrl } from './inline-map.js';
import { mapUrl, type Tokenizer } from './map-comment.js';
import { MapProblem, MissingMap } from './map-problem.js';

/** A larger script or map is not read. A map of this size takes a second and some 140 MB. */
const MAX_MAP_BYTES = 64 * 1024 * 1024;
export interface FoundMap {
  /** For people: the path of the map, or the script that contains it. */
  readonly name: string;
  /** The files that the map's sources may be relative to. */
  readonly bases: readonly string[];
  readonly isThere: boolean;
  /** @throws MapProblem */
  readonly text: () => string;
}

/**
 * The source map of a script: the one that its last comment names, inline or in a file. FILE.map if the script names none, or one that is
 * missing. Only files are read. null if there is no sign of a map.
 *
 * @param url the map's URL according to V8, if V8 was asked; otherwise the script is read
 */
export function findMap(filename: string, url?: string): FoundMap | null {
  const named = url ?? (isAbsolute(filename) ? namedIn(filename) : undefined);
  const found = named === undefined ? null : mapOfUrl(named, filename);
  if (found?.isThere || !isAbsolute(filename)) return found;
  const beside = `${filename}.map`;
  return isFile(beside) ? mapOfFile(beside, [beside]) : found;
}

export function mapOfFile(file: string, bases: readonly string[]): FoundMap {
  return { name: file, bases, isThere: isFile(file), text: () => readMapFile(file) };
}

function mapOfUrl(url: string, filename: string): FoundMap | null {
  if (isDataUrl(url)) return { name: `of ${filename}`, bases: [filename], isThere: true, text: () => textOfUrl(url) };
  const file = fileOfUrl(url, filename);
  return file === null ? null : mapOfFile(file, [file]);
}

/** null for a URL of another scheme, because nothing is fetched. */
function fileOfUrl(url: string, filename: string): string | null {
  if (!isAbsolute(filename) && !/^file:/i.test(url)) return null;
  const literal = resolve(dirname(filename), url); // tools that write a name as it is do not escape a `?`, `#` or `%`
  try {
    const { protocol, href } = new URL(url, fileUrlOf(filename));
    if (protocol !== 'file:') return null;
    const file = pathOfFileUrl(href);
    return !isFile(file) && isFile(literal) ? literal : file;
  } catch {
    return literal;
  }
}

function textOfUrl(url: string): string {
  if (url.length > MAX_MAP_BYTES) throw tooLarge();
  const text = inlineMap(url);
  if (text === undefined) throw new MapProblem('its URL contains no JSON');
  return text;
}

function namedIn(filename: string): string | undefined {
  const source = scriptOf(filename);
  return source?.includes('sourceMappingURL') ? mapUrl(source.toString(), loadTokenizer) : undefined;
}

/** Few scripts need it, and it would delay every start of a command that reads files. */
function loadTokenizer(): Tokenizer {
  return (createRequire(import.meta.url)('acorn') as typeof import('acorn')).tokenizer;
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
