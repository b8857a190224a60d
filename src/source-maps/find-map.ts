import { statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileUrlOf, pathOfFileUrl } from '../text/file-urls.js';
import { inlineMap, isDataUrl } from './inline-map.js';
import { MapProblem, MissingMap } from './map-problem.js';
import { contentOf, isFile, MAX_BYTES, mapNamedIn, readScript } from './script-file.js';

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
 * The source map of a script's file: the one that its last comment names, inline or in a file. FILE.map if it names none, or one that is
 * missing. Only files are read. null if there is no sign of a map.
 */
export function findMap(filename: string): FoundMap | null {
  if (!isAbsolute(filename)) return null;
  const script = readScript(filename);
  const url = script === null ? undefined : mapNamedIn(script);
  const named = url === undefined ? null : mapOfUrl(url, filename);
  const beside = `${filename}.map`;
  return named?.isThere || !isFile(beside) ? named : mapOfFile(beside, [beside]);
}

export function mapOfFile(file: string, bases: readonly string[]): FoundMap {
  return { name: file, bases, isThere: isFile(file), text: () => readMapFile(file) };
}

/** The map that a script names. null if only a network has it. */
export function mapOfUrl(url: string, filename: string): FoundMap | null {
  if (isDataUrl(url)) return { name: `of ${filename}`, bases: [filename], isThere: true, text: () => textOfUrl(url) };
  const file = fileOfUrl(url, filename);
  return file === null ? null : mapOfFile(file, [file]);
}

/** null for a URL of another scheme, because nothing is fetched. */
function fileOfUrl(url: string, filename: string): string | null {
  if (!isAbsolute(filename) && !/^file:/i.test(url)) return null;
  const literal = resolve(dirname(filename), url); // some tools do not escape a `?`, `#` or `%` of a name
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
  if (url.length > MAX_BYTES) throw tooLarge();
  const text = inlineMap(url);
  if (text === undefined) throw new MapProblem('its URL contains no JSON');
  return text;
}

function readMapFile(file: string): string {
  if (!isFile(file)) throw new MissingMap('there is no such file');
  if (statSync(file).size > MAX_BYTES) throw tooLarge();
  try {
    return new TextDecoder().decode(contentOf(file)); // drops the byte order mark
  } catch (error) {
    throw new MapProblem(`it cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function tooLarge(): MapProblem {
  return new MapProblem(`it is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
}
