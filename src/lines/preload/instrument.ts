import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fileMatcher, readLineChoice } from '../scope/line-choice.js';
import { REGISTER } from '../table/global-names.js';
import { Cache } from './cache.js';
import { openCacheFolder } from './cache-folder.js';
import { loadRewriting } from './load-rewriting.js';
import type { Script } from './registration.js';
import type { Instrumented, Making, SourceInfo } from './rewriting.js';
import { isTypeScript, transformsTypes } from './type-stripping.js';

/** Returns the text to run instead of the source, or the source itself if there is nothing to do or something fails. Never throws. */
export type Instrument = (source: string, info: SourceInfo) => string;

export interface Listener {
  /** Called before the script's text runs. */
  onScript(script: Script): void;
  onProblem(filename: string, problem: string): void;
}

export function createInstrument({ onScript, onProblem }: Listener, making: Making): Instrument {
  const isSelected = fileMatcher(readLineChoice());
  let cache: Cache | null | undefined;
  let isBusy = false;
  return (source, info) => {
    if (isBusy || source.includes(REGISTER)) return source; // we are loading the transform itself, or an earlier hook did the work
    isBusy = true;
    try {
      const filename = filenameOf(info.url);
      if (filename === undefined || !isSelected(filename)) return source;
      if (isTypeScript(info.format) && transformsTypes()) return source;
      if (cache === undefined) cache = openCache();
      const { text, script, problem } = cached({ cache, making }, source, info);
      if (script) onScript(script);
      if (problem !== undefined) onProblem(filename, problem);
      return text;
    } catch (error) {
      onProblem(info.url, `cannot be instrumented: ${String(error)}`); // our own faults must not stop the program
      return source;
    } finally {
      isBusy = false;
    }
  };
}

/** The absolute path; undefined for URLs such as `data:`, `https:` and `node:`. */
function filenameOf(url: string): string | undefined {
  if (url.startsWith('file:')) return fileURLToPath(url);
  return /^[a-z][a-z+.-]+:/.test(url) ? undefined : url;
}

function openCache(): Cache | null {
  const folder = openCacheFolder();
  return folder === undefined ? null : new Cache(folder);
}

interface Maker {
  readonly cache: Cache | null;
  readonly making: Making;
}

function cached({ cache, making }: Maker, source: string, info: SourceInfo): Instrumented {
  const make = () => loadRewriting().instrumented(source, info, making);
  if (!cache) return make();
  const origin = { circumstances: `${fingerprint()}${making.labels ? ' labels' : ''} ${info.format ?? ''} ${info.url}`, source };
  const entry = cache.read(origin);
  if (entry !== undefined) return entry === '' ? { text: source } : read(entry);
  const result = make();
  if (result.problem === undefined) cache.write(origin, written(result));
  return result;
}

/** The script as JSON on one line, since JSON has no line breaks; then the text. */
function written({ text, script }: Instrumented): string {
  return script ? `${JSON.stringify(script)}\n${text}` : '';
}

function read(entry: string): Instrumented {
  const end = entry.indexOf('\n');
  return { text: entry.slice(end + 1), script: JSON.parse(entry.slice(0, end)) as Script };
}

let known: string | undefined;

/** What the text depends on besides the source: Node's major version and our own code, identified by version, file size and file time. */
function fingerprint(): string {
  if (known !== undefined) return known;
  const { version } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as { version: string };
  const { size, mtimeMs } = statSync(new URL('./rewriting.cjs', import.meta.url));
  known = `${version} ${size} ${mtimeMs} ${process.versions.node.split('.', 1)[0]}`;
  return known;
}
