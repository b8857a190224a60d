import { CommandError } from '../../errors.js';
import type { DebuggerDomain, ParsedScript } from '../../protocol/debugger-domain.js';
import type { Session } from '../../protocol/session.js';
import { type PositionLookup, positionLookup } from '../table/position-table.js';
import { transform } from '../transform/transform.js';
import { type Outcome, type Replacement, replaceSources } from './replace-sources.js';

/** How the edit of one script went. */
export interface ScriptEdit extends Outcome {
  readonly url: string;
}

/** Is told of what must be put back, before it is changed and after it was put back. */
export interface EditJournal {
  edits(scriptId: string, original: string): void;
  restored(scriptId: string): void;
}

interface Edited {
  readonly script: ParsedScript;
  readonly original: string;
  readonly positions: PositionLookup;
}

const USE = { pausing: false, doing: 'editing the scripts of the target' };

/**
 * True lines on a running process: gives every line of the scripts that match a function of its own by replacing their source in the
 * running program (`Debugger.setScriptSource`), and puts the original back. Script ids stay; functions get their new code at their next
 * call. Verified on Node 18 to 26.
 */
export class LiveEdit {
  readonly #session: Session;
  readonly #domain: DebuggerDomain;
  readonly #journal: EditJournal;
  readonly #edited = new Map<string, Edited>();
  /** Ids of the scripts that were ever edited, by URL. */
  readonly #ids = new Map<string, Set<string>>();

  constructor(session: Session, { domain, journal }: { readonly domain: DebuggerDomain; readonly journal: EditJournal }) {
    this.#session = session;
    this.#domain = domain;
    this.#journal = journal;
  }

  /** Reads positions in a script that was edited; undefined for others. */
  tableOf(scriptId: string): PositionLookup | undefined {
    return this.#edited.get(scriptId)?.positions;
  }

  /** @param matches tells from a script's URL whether it is to be edited */
  async apply(matches: (url: string) => boolean): Promise<ScriptEdit[]> {
    return this.#domain.during(USE, async () => {
      const scripts = [...this.#domain.scripts.values()].filter((script) => matches(script.url) && !this.#isLeftover(script));
      const edits = new Map<string, ScriptEdit>();
      const replacements: (Replacement & { readonly url: string })[] = [];
      for (const script of scripts) {
        const { scriptId, url } = script;
        const prepared = await this.#prepare(script);
        if ('outcome' in prepared) edits.set(scriptId, { url, ...prepared });
        else replacements.push({ scriptId, url, text: prepared.code });
      }
      for (const [{ scriptId, url }, result] of await replaceSources(this.#session, replacements)) {
        edits.set(scriptId, { url, ...result });
        if (result.outcome === 'done') this.#ids.set(url, new Set([...(this.#ids.get(url) ?? []), scriptId]));
        else this.#forget(scriptId);
      }
      return scripts.flatMap(({ scriptId }) => edits.get(scriptId) ?? []);
    });
  }

  /** @returns the scripts that could not be restored: they go on with the changed source, which does the same */
  async restore(): Promise<ScriptEdit[]> {
    if (this.#edited.size === 0) return [];
    return this.#domain.during(USE, async () => {
      const originals = [...this.#edited].map(([scriptId, { script, original }]) => ({ scriptId, url: script.url, text: original }));
      const left: ScriptEdit[] = [];
      for (const [{ scriptId, url }, result] of await replaceSources(this.#session, originals)) {
        if (result.outcome === 'blocked' || result.outcome === 'failed') left.push({ url, ...result });
        else this.#forget(scriptId);
      }
      return left;
    });
  }

  /** Nothing of it is left to put back. */
  #forget(scriptId: string): void {
    this.#edited.delete(scriptId);
    this.#journal.restored(scriptId);
  }

  /** V8 keeps the text that an edit replaced as one more script of the same name, with an id of its own. */
  #isLeftover({ scriptId, url }: ParsedScript): boolean {
    return this.#ids.get(url)?.has(scriptId) === false;
  }

  /** null where the script is gone. */
  async #sourceOf({ scriptId, url }: ParsedScript): Promise<string | null> {
    try {
      return (await this.#session.send('Debugger.getScriptSource', { scriptId }, { doing: `reading ${url}` })).scriptSource;
    } catch (error) {
      if (error instanceof CommandError) return null;
      throw error;
    }
  }

  /** Makes the new text of a script, and notes what to put back before anything is changed; or tells why nothing is. */
  async #prepare(script: ParsedScript): Promise<{ readonly code: string } | Outcome> {
    const { scriptId } = script;
    if (this.#edited.has(scriptId)) return { outcome: 'done', reason: '' }; // it could not be restored the last time
    const scriptSource = await this.#sourceOf(script);
    if (scriptSource === null) return { outcome: 'unchanged', reason: 'it has been garbage collected' };
    const {
      code,
      positions: table,
      problem,
    } = transform(scriptSource, { sourceType: script.isModule ? 'module' : 'commonjs', isRunning: true });
    if (problem !== undefined) return { outcome: 'failed', reason: problem };
    if (code === scriptSource) return { outcome: 'unchanged', reason: 'nothing in it allocates' };
    this.#journal.edits(scriptId, scriptSource);
    this.#edited.set(scriptId, { script, original: scriptSource, positions: positionLookup(table) });
    return { code };
  }
}
