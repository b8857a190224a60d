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
 * What makes lines true in one isolate: scripts that were instrumented when they were loaded, and scripts that we edit while they run. What
 * `edit` changes, `restore` puts back. Inlining must be off.
 */
export class TrueLines {
  readonly #session: Session;
  readonly #registered: RegisteredTables;
  readonly #liveEdit: LiveEdit;
  readonly #canEdit: boolean;
  #isRegistered = false;
  /** How the edit of each script of a running target went. */
  edits: readonly ScriptEdit[] = [];

  /** @param canEdit false in our own process, whose running code we cannot replace */
  constructor(session: Session, { domain, canEdit, journal }: { domain: DebuggerDomain; canEdit: boolean; journal: EditJournal }) {
    this.#session = session;
    this.#canEdit = canEdit;
    this.#liveEdit = new LiveEdit(session, { domain, journal });
    this.#registered = new RegisteredTables(session);
  }

  /** A program that we launch with true lines tells of its scripts from the first on. */
  async expectRegistration(): Promise<void> {
    await this.#registered.watch();
    this.#isRegistered = true;
  }

  /** Looks whether the program was loaded with `node-tracemalloc/register`. */
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

  /** The program's preload has set the flags, inlining and allocation folding, for good. */
  get hasPreload(): boolean {
    return this.#isRegistered;
  }

  /** Before a snapshot: the scripts that were loaded since the last one. */
  async refresh(): Promise<void> {
    if (this.#isRegistered) await this.#registered.refresh();
  }

  /** Whether lines are where memory is allocated, as far as the scripts are the program's own. */
  get areOn(): boolean {
    return this.#isRegistered || this.edits.some(({ outcome }) => outcome === 'done');
  }

  /** Tells our own code from the program's. */
  get codeOf(): (filename: string) => CodeKind {
    const { ownFolder } = this.#registered;
    return ownCode(ownFolder === null ? [OWN_FOLDER] : [OWN_FOLDER, ownFolder]);
  }

  readonly tableOf = ({ scriptId, url }: CallFrame): PositionLookup | undefined =>
    this.#liveEdit.tableOf(scriptId) ?? this.#registered.tableOf(url);

  /** Afterwards `edits` tells of the scripts that keep their changed source, which does the same. */
  async restore(): Promise<void> {
    if (this.#session.isOpen) this.edits = await this.#liveEdit.restore();
  }

  /** The program has ended, and its scripts with it. */
  forget(): void {
    this.edits = [];
  }

  /** Before the connection ends. */
  async leave(): Promise<void> {
    await this.#registered.leave();
  }
}
