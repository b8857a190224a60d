import { isAbsolute } from 'node:path';
import { normalFilename } from '../../collect/stacks/filenames.js';
import { CommandError } from '../../errors.js';
import type { StackTable } from '../../model/stack-table.js';
import type { DebuggerDomain, ParsedScript } from '../../protocol/debugger-domain.js';
import type { Session } from '../../protocol/session.js';
import { isFile } from '../../source-maps/script-file.js';
import { FileText } from './file-text.js';
import type { TrueLines } from './true-lines.js';

/** Files that never run as they stand. */
const COMPILED = /\.(?:[cm]?tsx?|jsx|vue|svelte|astro)$/;
const TYPESCRIPT = /\.[cm]?ts$/;
const USE = { pausing: false, doing: 'reading the source maps of the target' };
/** Larger texts are not fetched. */
const MAX_LENGTH = 4_000_000;

/**
 * For the files in a table, by filename: the URL of the source map of the script that ran under this name, as V8 knows it from the last
 * comment. Empty if it has none. Files whose own text ran are not in it, because the file names its map.
 */
export async function scriptMaps(
  isolates: readonly { readonly maps: ScriptMaps }[],
  { filenames }: StackTable,
): Promise<ReadonlyMap<string, string>> {
  const found: [string, string][] = [];
  for (const { maps } of isolates) found.push(...(await maps.urlsOf(filenames)));
  return new Map(found);
}

interface Parts {
  readonly session: Session;
  readonly domain: DebuggerDomain;
  readonly trueLines: Pick<TrueLines, 'registeredTable' | 'editedOriginal'>;
}

/** Knows which scripts of an isolate have another text than the file of their name. */
export class ScriptMaps {
  readonly #session: Session;
  readonly #domain: DebuggerDomain;
  readonly #trueLines: Parts['trueLines'];
  /** V8 is asked once about each file. */
  readonly #asked = new Set<string>();
  /** By script id: the URL of its map; null if its text is that of the file, or if there is no such file. */
  readonly #urls = new Map<string, string | null>();

  constructor({ session, domain, trueLines }: Parts) {
    this.#session = session;
    this.#domain = domain;
    this.#trueLines = trueLines;
  }

  /** Prepares `urlsOf` for an isolate that may have ended by then. V8 tells of all scripts when the domain is switched on. */
  async learn(): Promise<void> {
    await this.#domain.during(USE, async () => {});
  }

  async urlsOf(filenames: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const wanted = new Set(filenames.filter((filename) => isAbsolute(filename) || COMPILED.test(filename)));
    const isNew = [...wanted].filter((filename) => !this.#asked.has(filename) && isWorthAsking(filename));
    for (const filename of isNew) this.#asked.add(filename);
    try {
      if (isNew.length > 0 && this.#session.isOpen) return await this.#domain.during(USE, () => this.#judged(wanted));
    } catch (error) {
      if (this.#session.isOpen) throw error; // otherwise a worker has ended meanwhile, and its reading is still good
    }
    return this.#judged(wanted);
  }

  async #judged(wanted: ReadonlySet<string>): Promise<ReadonlyMap<string, string>> {
    const urls = new Map<string, string>();
    for (const [filename, scripts] of this.#scriptsOf(wanted)) {
      let file: FileText | null | undefined;
      const found: (string | null)[] = [];
      for (const script of scripts) {
        let url = this.#urls.get(script.scriptId);
        if (url === undefined) {
          file ??= FileText.read(filename);
          url = await this.#mapOf(script, filename, file);
          this.#urls.set(script.scriptId, url);
        }
        found.push(url);
      }
      // After a live edit V8 may keep another text under the same name for a while.
      if (!found.includes(null)) urls.set(filename, found.findLast((url) => url !== '') ?? '');
    }
    return urls;
  }

  #scriptsOf(wanted: ReadonlySet<string>): ReadonlyMap<string, readonly ParsedScript[]> {
    const scripts = new Map<string, ParsedScript[]>();
    for (const script of this.#domain.scripts.values()) {
      const filename = normalFilename(script.url);
      if (wanted.has(filename)) scripts.set(filename, [...(scripts.get(filename) ?? []), script]);
    }
    return scripts;
  }

  async #mapOf(script: ParsedScript, filename: string, file: FileText | null): Promise<string | null> {
    const { length, hash, sourceMapURL = '', hasSourceURL } = script;
    if (file === null) return sourceMapURL || null;
    const positions = this.#trueLines.registeredTable(script.url) ?? this.#trueLines.registeredTable(filename); // by either name
    if (file.is({ length, hash }) || (positions && length && file.is({ length: length - positions.inserted }))) return null;
    // Node strips types in place, and adds only a comment with the name.
    if (TYPESCRIPT.test(filename) && hasSourceURL && sourceMapURL === '') return null;
    if (sourceMapURL !== '' && sourceMapURL !== file.mapUrl) return sourceMapURL;
    // A map that the file itself names is that of its own text.
    const text = await this.#textOf(script);
    return text !== null && file.isWithin(positions?.originalText(text) ?? text) ? null : '';
  }

  /** null if it is gone or large. */
  async #textOf({ scriptId, url, length = 0 }: ParsedScript): Promise<string | null> {
    const original = this.#trueLines.editedOriginal(scriptId);
    if (original !== undefined || length > MAX_LENGTH || !this.#session.isOpen) return original ?? null;
    try {
      const source = this.#session.send('Debugger.getScriptSource', { scriptId }, { doing: `reading ${url}` });
      return (await source).scriptSource;
    } catch (error) {
      if (error instanceof CommandError) return null;
      throw error;
    }
  }
}

/** Packages are hardly ever compiled in memory, and a name that is no file cannot be mistaken for one. */
function isWorthAsking(filename: string): boolean {
  return COMPILED.test(filename) || (!/[\\/]node_modules[\\/]/.test(filename) && isFile(filename));
}
