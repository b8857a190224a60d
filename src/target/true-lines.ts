import type { CodeKind } from '../collect/call-stack.js';
import type { CallFrame } from '../collect/sampling-profile.js';
import { UnsupportedError } from '../errors.js';
import { switchInliningOff } from '../lines/inlining.js';
import { LiveEdit, type ScriptEdit } from '../lines/live-edit.js';
import { RegisteredSites } from '../lines/registered-sites.js';
import type { Sites } from '../lines/sites.js';
import type { DebuggerDomain } from '../protocol/debugger-domain.js';
import type { Session } from '../protocol/session.js';
import { type LinesOption, scriptMatcher } from './line-scope.js';
import { OWN_FOLDER, ownCode } from './own-code.js';

export interface LineSettings {
  readonly nodeMajor: number;
  readonly lines: LinesOption;
  readonly inlining: boolean;
}

/**
 * What makes lines and functions true in one target: scripts that were instrumented when they were loaded, scripts that we edit while they
 * run, and inlining. All that `apply` changes, `restore` puts back.
 */
export class TrueLines {
  readonly #session: Session;
  readonly #registered: RegisteredSites;
  readonly #liveEdit: LiveEdit;
  readonly #canEdit: boolean;
  #restoreInlining: (() => Promise<void>) | null = null;
  #isRegistered = false;
  /** How the edit of each script of a running target went. */
  edits: readonly ScriptEdit[] = [];
  /** The target was started without inlining. */
  inliningIsOff = false;

  /** @param canEdit false in our own process, whose running code we cannot replace */
  constructor(session: Session, { domain, canEdit }: { domain: DebuggerDomain; canEdit: boolean }) {
    this.#session = session;
    this.#canEdit = canEdit;
    this.#liveEdit = new LiveEdit(session, domain);
    this.#registered = new RegisteredSites(session);
  }

  /** A program that we launch with true lines tells of its scripts from the first on. */
  async expectRegistration(): Promise<void> {
    await this.#registered.watch();
    this.#isRegistered = true;
  }

  async apply({ nodeMajor, lines, inlining }: LineSettings): Promise<void> {
    if (!this.#isRegistered && (await this.#registered.refresh())) await this.expectRegistration();
    if (this.#isRegistered) return; // the preload has switched inlining off, too
    if (lines && !this.#canEdit) {
      throw new UnsupportedError(
        'true lines must be there when this program is loaded: launch it with lines: true, or run it with --import node-tracemalloc/register',
      );
    }
    if ((lines || !inlining) && !this.inliningIsOff) this.#restoreInlining = await switchInliningOff(this.#session, nodeMajor);
    if (!lines) return;
    this.edits = await this.#liveEdit.apply(scriptMatcher(lines));
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

  sitesOf({ scriptId, url }: CallFrame): Sites | undefined {
    return this.#liveEdit.sitesOf(scriptId) ?? this.#registered.sitesOf(url);
  }

  /** Afterwards `edits` tells of the scripts that keep their changed source, which does the same. */
  async restore(): Promise<void> {
    if (!this.#session.isOpen) return;
    try {
      this.edits = await this.#liveEdit.restore();
    } finally {
      const restoreInlining = this.#restoreInlining;
      this.#restoreInlining = null;
      if (this.#session.isOpen) await restoreInlining?.();
    }
  }

  /** Before the connection ends. */
  async leave(): Promise<void> {
    await this.#registered.leave();
  }
}
