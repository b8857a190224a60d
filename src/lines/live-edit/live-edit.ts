import { resolve } from 'node:path';
import { CommandError } from '../../errors.js';
import type { DebuggerDomain, ParsedScript } from '../../protocol/debugger-domain.js';
import type { Session } from '../../protocol/session.js';
import { type PositionLookup, positionLookup } from '../table/position-table.js';
import type { TransformOptions } from '../transform/transform.js';
import { endsAtCollectedFunctions, losesConstructors } from './collected-functions.js';
import { embeddedScript } from './embedded-script.js';
import { originOf } from './former-edits.js';
import { type Outcome, type Replacement, replaceSources } from './replace-sources.js';

/** The result of editing one script. */
export interface ScriptEdit extends Outcome {
  readonly url: string;
}

/** Records each edit before it is made and after it is undone, so that the originals can be restored even if we die. */
export interface EditJournal {
  edits(scriptId: string, original: string): void;
  restored(scriptId: string): void;
}

type Extent = Required<Pick<TransformOptions, 'innerLinesOnly' | 'losesConstructors' | 'labels'>>;

/** Chooses what is edited, and how. */
interface Choice {
  /** Decides from a script's URL whether to edit it. */
  readonly matches: (url: string) => boolean;
  /** Called before the first edit. Whether expressions are to run below the function of the current label, which is in the program then. */
  readonly prepareLabels: () => Promise<boolean>;
}

interface Edited {
  readonly script: ParsedScript;
  readonly original: string;
  readonly positions: PositionLookup;
}

/** Asking V8 of Node 18 for the functions of what it keeps from edits ended programs (docs/decisions/live-edit.md). */
const LATER =
  'another script of this name came before it, so V8 may have kept it from an edit, and V8 of Node 18 can end the program then; launch the program with --lines';
/** That of the program (18 to 26, main thread and workers). Others are made by node:vm, and do not have the function of the current label. */
const MAIN_CONTEXT = 1;
const USE = { pausing: false, doing: 'editing the scripts of the target' };

/**
 * True lines on a running process. Replaces the source of matching scripts in the running program (`Debugger.setScriptSource`) so that
 * every line that allocates becomes a function of its own, and restores the original later. Script ids stay the same. A function gets its
 * new code at its next call. Verified on Node 18 to 26.
 */
export class LiveEdit {
  readonly #session: Session;
  readonly #domain: DebuggerDomain;
  readonly #journal: EditJournal;
  readonly #edited = new Map<string, Edited>();
  /** Ids of all scripts that we ever edited, by URL. */
  readonly #ids = new Map<string, Set<string>>();

  constructor(session: Session, { domain, journal }: { readonly domain: DebuggerDomain; readonly journal: EditJournal }) {
    this.#session = session;
    this.#domain = domain;
    this.#journal = journal;
  }

  /** Maps positions in an edited script to the original; undefined for other scripts. */
  tableOf(scriptId: string): PositionLookup | undefined {
    return this.#edited.get(scriptId)?.positions;
  }

  originalOf(scriptId: string): string | undefined {
    return this.#edited.get(scriptId)?.original;
  }

  async apply({ matches, prepareLabels }: Choice): Promise<ScriptEdit[]> {
    return this.#domain.during(USE, async () => {
      const all = [...this.#domain.scripts.values()];
      const { scripts, later } = await this.#loaded(all, matches);
      const labels = scripts.length > 0 && (await prepareLabels());
      const how = { losesConstructors: scripts.length > 0 && (await losesConstructors(this.#session)), labels };
      const edits = await this.#edit(scripts, { innerLinesOnly: false, ...how });
      const refused = scripts.filter(({ scriptId, isModule }) => isModule && seesTopLevel(edits.get(scriptId)));
      for (const [scriptId, edit] of await this.#edit(refused, { innerLinesOnly: true, ...how })) {
        if (edit.outcome === 'done') edits.set(scriptId, edit);
      }
      return [...scripts.flatMap(({ scriptId }) => edits.get(scriptId) ?? []), ...later];
    });
  }

  /** The scripts that match, without those that V8 keeps from edits. `later` are those that may be such a one, and must not be touched. */
  async #loaded(
    all: readonly ParsedScript[],
    matches: (url: string) => boolean,
  ): Promise<{ scripts: ParsedScript[]; later: ScriptEdit[] }> {
    const scripts: ParsedScript[] = [];
    const later: ScriptEdit[] = [];
    const embedded = await embeddedScript(this.#session, all);
    for (const script of all) {
      const { url } = script;
      if (!matches(script === embedded ? resolve('/', url) : url) || this.#isLeftover(script)) continue;
      const origin = await originOf(script, all, async (one) => this.originalOf(one.scriptId) ?? this.#sourceOf(one));
      if (origin === 'unknown' && (await endsAtCollectedFunctions(this.#session))) later.push({ url, outcome: 'failed', reason: LATER });
      else if (origin !== 'former') scripts.push(script);
    }
    return { scripts, later };
  }

  async #edit(scripts: readonly ParsedScript[], how: Extent): Promise<Map<string, ScriptEdit>> {
    const edits = new Map<string, ScriptEdit>();
    const replacements: (Replacement & { readonly url: string })[] = [];
    for (const script of scripts) {
      const { scriptId, url } = script;
      const prepared = await this.#prepare(script, how);
      if ('outcome' in prepared) edits.set(scriptId, { url, ...prepared });
      else replacements.push({ scriptId, url, text: prepared.code });
    }
    for (const [{ scriptId, url }, result] of await replaceSources({ session: this.#session, domain: this.#domain }, replacements)) {
      edits.set(scriptId, { url, ...result });
      if (result.outcome === 'done') this.#ids.set(url, new Set([...(this.#ids.get(url) ?? []), scriptId]));
      else this.#forget(scriptId);
    }
    return edits;
  }

  /** @returns the scripts that could not be restored. They keep the changed source, which behaves the same. */
  async restore(): Promise<ScriptEdit[]> {
    if (this.#edited.size === 0) return [];
    return this.#domain.during(USE, async () => {
      const originals = [...this.#edited].map(([scriptId, { script, original }]) => ({ scriptId, url: script.url, text: original }));
      const left: ScriptEdit[] = [];
      for (const [{ scriptId, url }, result] of await replaceSources({ session: this.#session, domain: this.#domain }, originals)) {
        if (result.outcome === 'blocked' || result.outcome === 'failed') left.push({ url, ...result });
        else this.#forget(scriptId);
      }
      return left;
    });
  }

  /** The script needs no restoring any more. */
  #forget(scriptId: string): void {
    this.#edited.delete(scriptId);
    this.#journal.restored(scriptId);
  }

  /** When an edit replaces a text, V8 keeps the old text as another script with the same URL and a new id. */
  #isLeftover({ scriptId, url }: ParsedScript): boolean {
    return this.#ids.get(url)?.has(scriptId) === false;
  }

  /** null if the script no longer exists. */
  async #sourceOf({ scriptId, url }: ParsedScript): Promise<string | null> {
    try {
      return (await this.#session.send('Debugger.getScriptSource', { scriptId }, { doing: `reading ${url}` })).scriptSource;
    } catch (error) {
      if (error instanceof CommandError) return null;
      throw error;
    }
  }

  /** Makes the new text of a script, and records the original before anything is changed. Otherwise returns why there is no edit. */
  async #prepare(
    script: ParsedScript,
    { innerLinesOnly, losesConstructors, labels }: Extent,
  ): Promise<{ readonly code: string } | Outcome> {
    const { scriptId, executionContextId } = script;
    if (this.#edited.has(scriptId)) return { outcome: 'done', reason: '' }; // still edited, because the last restore failed
    const scriptSource = await this.#sourceOf(script);
    if (scriptSource === null) return { outcome: 'unchanged', reason: 'it has been garbage collected' };
    const { transform } = await import('../transform/transform.js'); // with its parser: most tracings edit nothing
    const {
      code,
      positions: table,
      problem,
    } = transform(scriptSource, {
      sourceType: script.isModule ? 'module' : 'commonjs',
      isRunning: true,
      innerLinesOnly,
      losesConstructors,
      labels: labels && executionContextId === MAIN_CONTEXT,
    });
    if (problem !== undefined) return { outcome: 'failed', reason: problem };
    if (code === scriptSource) return { outcome: 'unchanged', reason: 'nothing in it allocates' };
    this.#journal.edits(scriptId, scriptSource);
    this.#edited.set(scriptId, { script, original: scriptSource, positions: positionLookup(table) });
    return { code };
  }
}

/**
 * Whether V8 saw a change of the top level of a module, which is none of ours: it compares changed lines that follow each other as a whole if they
 * have more than 800 characters, with the top-level code on the first and last of them. Node 18 gives no reason for a block.
 */
function seesTopLevel(edit: ScriptEdit | undefined): boolean {
  return edit?.reason === 'BlockedByTopLevelEsModuleChange' || edit?.reason === 'Blocked';
}
