import type { CodeKind } from '../../collect/stacks/call-stack.js';
import type { CallFrame } from '../../collect/stacks/v8-profile.js';
import { UnsupportedError } from '../../errors.js';
import { installLabels, removeLabels } from '../../lines/labels/install-labels.js';
import { type LabelChoice, type LabelsOption, labelChoiceOf } from '../../lines/labels/label-choice.js';
import { type EditJournal, LiveEdit, type ScriptEdit } from '../../lines/live-edit/live-edit.js';
import { OWN_FOLDER } from '../../lines/scope/own-folder.js';
import type { PositionLookup } from '../../lines/table/position-table.js';
import { RegisteredTables } from '../../lines/table/registered-tables.js';
import type { DebuggerDomain } from '../../protocol/debugger-domain.js';
import type { Session } from '../../protocol/session.js';
import { type LinesOption, type Registration, scriptMatcher } from './line-scope.js';
import { ownCode } from './own-code.js';

/** Records that a program has labels, before they are there and until they are gone. */
export interface LabelJournal {
  labels(): void;
  unlabelled(): void;
}

/**
 * Makes lines true in one isolate: by scripts that were instrumented when they were loaded, and by scripts that we edit while they run. `restore`
 * undoes what `edit` changes. Inlining must be off.
 */
export class TrueLines {
  readonly #session: Session;
  readonly #registered: RegisteredTables;
  readonly #liveEdit: LiveEdit;
  readonly #canEdit: boolean;
  readonly #journal: LabelJournal;
  #registration: Registration | null = null;
  /** Labels that we have put into the running program. */
  #isLabelled = false;
  /** How the edit of each script went, if the target was running. */
  edits: readonly ScriptEdit[] = [];

  /** @param canEdit false for our own process: we cannot replace its running code */
  constructor(
    session: Session,
    { domain, canEdit, journal }: { domain: DebuggerDomain; canEdit: boolean; journal: EditJournal & LabelJournal },
  ) {
    this.#session = session;
    this.#canEdit = canEdit;
    this.#journal = journal;
    this.#liveEdit = new LiveEdit(session, { domain, journal });
    this.#registered = new RegisteredTables(session);
  }

  /** Has a program that instruments itself tell of its scripts from now on. */
  async expectRegistration({ hasLabels }: Registration): Promise<void> {
    await this.#registered.watch();
    this.#registration = { hasLabels };
  }

  /** Finds out whether the program was loaded with `node-tracemalloc/register`. */
  async find(): Promise<void> {
    if (this.#registration === null && (await this.#registered.refresh())) await this.expectRegistration(this.#registered);
  }

  /**
   * Edits the scripts that match, unless they were instrumented when they were loaded.
   *
   * @throws UnsupportedError if the program cannot be edited, or was loaded without the labels that are asked for
   */
  async edit(lines: LinesOption, labels: LabelsOption = false): Promise<void> {
    const choice = labelChoiceOf(labels);
    if (this.#registration && choice && !this.#registration.hasLabels)
      throw new UnsupportedError('this program was loaded with true lines and without labels: give labels when it is launched');
    if (this.#registration || !lines) return;
    if (!this.#canEdit) {
      throw new UnsupportedError(
        'true lines must be there when this program is loaded: launch it with lines: true, or run it with --import node-tracemalloc/register',
      );
    }
    this.edits = await this.#liveEdit.apply({
      matches: scriptMatcher(lines),
      prepareLabels: async () => choice !== null && this.#install(choice),
    });
  }

  /** The program's preload, which has switched off inlining and allocation folding until its end; null if it has none. */
  get registration(): Registration | null {
    return this.#registration;
  }

  /** Call it before a snapshot: learns of the scripts that were loaded since the last one. */
  async refresh(): Promise<void> {
    if (this.#registration) await this.#registered.refresh();
  }

  /** Whether frames stand on the lines that allocate, in the program's own scripts. */
  get areOn(): boolean {
    return this.#registration !== null || this.edits.some(({ outcome }) => outcome === 'done');
  }

  /** Whether allocations have the label of the work that they belong to. */
  get haveLabels(): boolean {
    return this.#registration?.hasLabels ?? this.#isLabelled;
  }

  async #install(choice: LabelChoice): Promise<boolean> {
    this.#journal.labels();
    this.#isLabelled = await installLabels(this.#session, choice);
    if (!this.#isLabelled) this.#journal.unlabelled(); // they are somebody else's, and stay
    return this.#isLabelled;
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
    if (!this.#session.isOpen) return;
    this.edits = await this.#liveEdit.restore();
    if (!this.#isLabelled) return;
    await removeLabels(this.#session);
    this.#isLabelled = false;
    this.#journal.unlabelled();
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
