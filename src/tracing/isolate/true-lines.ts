import type { CodeKind } from '../../collect/stacks/call-stack.js';
import type { CallFrame } from '../../collect/stacks/v8-profile.js';
import { UnsupportedError } from '../../errors.js';
import { type EditJournal, LiveEdit, type ScriptEdit } from '../../lines/live-edit/live-edit.js';
import { OWN_FOLDER } from '../../lines/scope/own-folder.js';
import type { PositionLookup } from '../../lines/table/position-table.js';
import { RegisteredTables } from '../../lines/table/registered-tables.js';
import type { DebuggerDomain } from '../../protocol/debugger-domain.js';
import type { Session } from '../../protocol/session.js';
import { type LinesOption, scriptMatcher } from './line-scope.js';
import { ownCode } from './own-code.js';

/**
 * Makes lines true in one isolate: by scripts that were instrumented when they were loaded, and by scripts that we edit while they run. `restore`
 * undoes what `edit` changes. Inlining must be off.
 */
export class TrueLines {
  readonly #session: Session;
  readonly #registered: RegisteredTables;
  readonly #liveEdit: LiveEdit;
  readonly #canEdit: boolean;
  #isRegistered = false;
  /** How the edit of each script went, if the target was running. */
  edits: readonly ScriptEdit[] = [];

  /** @param canEdit false for our own process: we cannot replace its running code */
  constructor(session: Session, { domain, canEdit, journal }: { domain: DebuggerDomain; canEdit: boolean; journal: EditJournal }) {
    this.#session = session;
    this.#canEdit = canEdit;
    this.#liveEdit = new LiveEdit(session, { domain, journal });
    this.#registered = new RegisteredTables(session);
  }

  /** Has a program that instruments itself tell of its scripts from now on. */
  async expectRegistration(): Promise<void> {
    await this.#registered.watch();
    this.#isRegistered = true;
  }

  /** Finds out whether the program was loaded with `node-tracemalloc/register`. */
  async find(): Promise<void> {
    if (!this.#isRegistered && (await this.#registered.refresh())) await this.expectRegistration();
  }

  /** Edits the scripts that match, unless they were instrumented when they were loaded. */
  async edit(lines: LinesOption): Promise<void> {
    if (this.#isRegistered || !lines) return;
    if (!this.#canEdit) {
      throw new UnsupportedError(
        'true lines must be there when this program is loaded: launch it with lines: true, or run it with --import node-tracemalloc/register',
      );
    }
    this.edits = await this.#liveEdit.apply(scriptMatcher(lines));
  }

  /** The program's preload has switched off inlining and allocation folding until its end. */
  get hasPreload(): boolean {
    return this.#isRegistered;
  }

  /** Call it before a snapshot: learns of the scripts that were loaded since the last one. */
  async refresh(): Promise<void> {
    if (this.#isRegistered) await this.#registered.refresh();
  }

  /** Whether frames stand on the lines that allocate, in the program's own scripts. */
  get areOn(): boolean {
    return this.#isRegistered || this.edits.some(({ outcome }) => outcome === 'done');
  }

  /** A function that tells our own code from the program's. */
  get codeOf(): (filename: string) => CodeKind {
    const { ownFolder } = this.#registered;
    return ownCode(ownFolder === null ? [OWN_FOLDER] : [OWN_FOLDER, ownFolder]);
  }

  /** The table of a script that was instrumented when it was loaded. */
  registeredTable(url: string): PositionLookup | undefined {
    return this.#registered.tableOf(url);
  }

  /** The text of a running script before our edit; undefined if there is none. */
  editedOriginal(scriptId: string): string | undefined {
    return this.#liveEdit.originalOf(scriptId);
  }

  readonly tableOf = ({ scriptId, url }: CallFrame): PositionLookup | undefined =>
    this.#liveEdit.tableOf(scriptId) ?? this.#registered.tableOf(url);

  /** Afterwards `edits` lists the scripts that keep their changed source, which behaves the same. */
  async restore(): Promise<void> {
    if (this.#session.isOpen) this.edits = await this.#liveEdit.restore();
  }

  /** Call it when the program has ended, and its scripts with it. */
  forget(): void {
    this.edits = [];
  }

  /** Call it before the connection ends. */
  async leave(): Promise<void> {
    await this.#registered.leave();
  }
}
