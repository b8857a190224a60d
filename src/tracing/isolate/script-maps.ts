import { isAbsolute } from 'node:path';
import { normalFilename } from '../../collect/stacks/filenames.js';
import { CommandError, CommandTimeoutError } from '../../errors.js';
import type { PositionLookup } from '../../lines/table/position-table.js';
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
  readings: readonly { readonly isolate: { readonly maps: ScriptMaps; readonly learnsScripts: boolean } }[],
  { filenames }: StackTable,
): Promise<ReadonlyMap<string, string>> {
  const found: [string, string][] = [];
  for (const { isolate } of readings) if (isolate.learnsScripts) found.push(...(await isolate.maps.urlsOf(filenames)));
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
    try {
      const isUnknown = this.#areUnknown(wanted);
      if (isUnknown && this.#session.isOpen) await this.learn();
      await this.#judge(wanted);
    } catch (error) {
      // The reading is still good if a worker has ended meanwhile, or is too busy to answer. Then it is asked again next time.
      if (this.#session.isOpen && !(error instanceof CommandTimeoutError)) throw error;
      for (const filename of wanted) this.#asked.delete(filename);
    }
    return this.#judged(wanted);
  }

  /** Whether V8 must be asked again. */
  #areUnknown(wanted: ReadonlySet<string>): boolean {
    const known = this.#scriptsOf(wanted);
    const isNew = [...wanted].filter((filename) => !this.#asked.has(filename) && !known.has(filename) && isWorthAsking(filename));
    for (const filename of isNew) this.#asked.add(filename);
    return isNew.length > 0;
  }

  /** Compares the scripts that were not compared before. Texts are fetched together, because the domain must be on for that. */
  async #judge(wanted: ReadonlySet<string>): Promise<void> {
    const inQuestion: (() => Promise<void>)[] = [];
    for (const [filename, scripts] of this.#scriptsOf(wanted)) {
      const fresh = scripts.filter(({ scriptId }) => !this.#urls.has(scriptId));
      if (fresh.length === 0) continue;
      const file = FileText.read(filename);
      for (const script of fresh) {
        const url = this.#urlOf(script, filename, file);
        if (url !== undefined) this.#urls.set(script.scriptId, url);
        else inQuestion.push(async () => void this.#urls.set(script.scriptId, await this.#urlByText(script, filename, file!)));
      }
    }
    if (inQuestion.length === 0 || !this.#session.isOpen) return;
    await this.#domain.during(USE, async () => {
      for (const ask of inQuestion) await ask();
    });
  }

  #judged(wanted: ReadonlySet<string>): ReadonlyMap<string, string> {
    const urls = new Map<string, string>();
    for (const [filename, scripts] of this.#scriptsOf(wanted)) {
      const found = scripts.map(({ scriptId }) => this.#urls.get(scriptId) ?? (this.#urls.has(scriptId) ? null : ''));
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

  /** undefined: only the text tells. */
  #urlOf(
    { url, length, hash, sourceMapURL = '', hasSourceURL }: ParsedScript,
    filename: string,
    file: FileText | null,
  ): string | null | undefined {
    if (file === null) return sourceMapURL || null;
    const positions = this.#positionsOf(url, filename);
    if (file.is({ length, hash }) || (positions && length && file.is({ length: length - positions.inserted }))) return null;
    // Node strips types in place, and adds only a comment with the name.
    if (TYPESCRIPT.test(filename) && hasSourceURL && sourceMapURL === '') return null;
    // A map that the file itself names is that of its own text.
    return sourceMapURL !== '' && sourceMapURL !== file.mapUrl ? sourceMapURL : undefined;
  }

  async #urlByText(script: ParsedScript, filename: string, file: FileText): Promise<string | null> {
    const text = await this.#textOf(script);
    const positions = this.#positionsOf(script.url, filename);
    return text !== null && file.isWithin(positions?.originalText(text) ?? text) ? null : '';
  }

  /** V8 names a script by its URL or its path. */
  #positionsOf(url: string, filename: string): PositionLookup | undefined {
    return this.#trueLines.registeredTable(url) ?? this.#trueLines.registeredTable(filename);
  }

  /** null if it is gone or large. */
  async #textOf({ scriptId, url, length = 0 }: ParsedScript): Promise<string | null> {
    const original = this.#trueLines.editedOriginal(scriptId);
    if (original !== undefined || length > MAX_LENGTH) return original ?? null;
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
