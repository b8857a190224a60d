import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TraceMap } from '@jridgewell/trace-mapping';

/** A script, or a map, above this is left alone: its lines stay those of V8. */
const MAX_BYTES = 64 * 1024 * 1024;
const COMMENT = '//# sourceMappingURL=';

/**
 * The source map of a script: what its last `//# sourceMappingURL=` names, inline or a file beside it, or FILE.map where it names none.
 * Only files are read. Null where there is no map, or none that can be read: then the script's own positions are shown.
 *
 * @param url what V8 says the script's map is, where it was asked; else the script is read
 */
export function findMap(filename: string, url?: string): TraceMap | null {
  if (!isAbsolute(filename)) return null;
  const named = url ?? commentOf(readText(filename));
  const [text, mapFile] = named === null ? [readText(`${filename}.map`), `${filename}.map`] : mapText(named, filename);
  return text === null ? null : parse(text, mapFile);
}

function commentOf(source: string | null): string | null {
  const at = source?.lastIndexOf(COMMENT) ?? -1;
  return source === null || at === -1 ? null : (/^\S+/.exec(source.slice(at + COMMENT.length))?.[0] ?? null);
}

/** The map's text, and the file that its sources are relative to. */
function mapText(url: string, filename: string): [string | null, string] {
  const inline = /^data:application\/json[^,]*?(;base64)?,/.exec(url);
  if (inline) {
    const body = url.slice(inline[0].length);
    return [inline[1] ? Buffer.from(body, 'base64').toString('utf8') : percentDecoded(body), filename];
  }
  if (/^[a-z]+:/i.test(url) && !url.startsWith('file:')) return [null, filename]; // nothing is fetched
  const file = url.startsWith('file:') ? fileURLToPath(url) : resolve(dirname(filename), percentDecoded(url));
  return [readText(file), file];
}

function parse(text: string, mapFile: string): TraceMap | null {
  try {
    return new TraceMap(text, pathToFileURL(mapFile).href);
  } catch {
    return null; // a map that is none must not cost the user the table
  }
}

function readText(file: string): string | null {
  try {
    const stat = statSync(file);
    return stat.isFile() && stat.size <= MAX_BYTES ? readFileSync(file, 'utf8') : null;
  } catch {
    return null; // the snapshot may be of another machine
  }
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
