import { randomUUID } from 'node:crypto';
import { Caretaker } from '../cleanup/caretaker.js';
import type { CleanupTask } from '../cleanup/cleanup-tasks.js';
import { MARK } from '../cleanup/starting-program.js';

const TASK = 'program';

/**
 * Guards a program from before its start until we speak with it. If we are killed meanwhile, the program is not left paused before its first line: it
 * is ended as long as its stderr leads to us alone, and runs as soon as its stderr has another reader.
 */
export class StartGuard {
  /** The caretaker of the program alone; null if the program is followed. */
  readonly caretaker: Caretaker | null;
  readonly #guardian: Caretaker;
  readonly #mark = randomUUID();

  /** @param ofFolder the caretaker of a followed program's folder: the program runs by itself when the folder is gone */
  constructor(ofFolder: Caretaker | null) {
    this.caretaker = ofFolder ? null : new Caretaker();
    this.#guardian = ofFolder ?? this.caretaker!;
    this.started(null);
    this.caretaker?.guard(null);
  }

  /** What the program's environment needs. The preload removes it. */
  get environment(): Record<string, string> {
    return { [MARK]: this.#mark };
  }

  started(pid: number | null): void {
    this.#guardian.add(TASK, { kind: 'starting', pid, mark: this.#mark });
  }

  /** Its stderr has a reader that outlives us. @param tasks how the program is left, unless it is followed */
  mayRun(tasks: readonly CleanupTask[]): void {
    for (const task of tasks) this.caretaker?.add(task.kind, task);
    this.#guardian.done(TASK);
  }

  /** The program has ended. */
  end(): void {
    if (this.caretaker) this.caretaker.end({ isLost: false });
    else this.#guardian.done(TASK);
  }
}
