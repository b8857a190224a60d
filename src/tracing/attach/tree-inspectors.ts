import { inspectorAmong, listenersOf } from '../../discovery/inspectable.js';
import { holderOfInspectorPort, wasOpenedBySignal } from '../../discovery/port-holder.js';
import { type KnownProcess, lookAt } from '../../discovery/process-identity.js';
import type { RunningProgram } from '../../discovery/running-programs.js';
import { ConnectError } from '../../errors.js';
import { hostPort } from '../../protocol/address.js';
import { Caretaker } from '../cleanup/caretaker.js';
import { Limiter } from '../isolate/limiter.js';

/** Each takes a file descriptor of ours. */
const LOOKS_AT_ONCE = 16;

/**
 * Which inspectors of a tree were closed before we came, or are open because of us. If the inspector of a cluster's primary opens, Node sends SIGUSR1 to all its workers, of which
 * one gets the port as soon as it is free (18 to 26). A caretaker closes what has opened if we are killed.
 */
export class TreeInspectors {
  readonly #closed = new Map<number, KnownProcess>();
  /** Those that are attached to, now or after others. */
  readonly #awaited: Set<number>;
  readonly #caretaker = new Caretaker();

  private constructor(programs: readonly RunningProgram[]) {
    this.#awaited = new Set(programs.map(({ pid }) => pid));
  }

  /** @param opened the processes whose inspectors we have opened before */
  static async of(programs: readonly RunningProgram[], opened: ReadonlySet<number>): Promise<TreeInspectors> {
    const inspectors = new TreeInspectors(programs);
    const limiter = new Limiter(LOOKS_AT_ONCE);
    await Promise.all(programs.map((program) => limiter.run(() => inspectors.#look(program, opened))));
    inspectors.#caretaker.guard(null);
    return inspectors;
  }

  wereClosed(pid: number): boolean {
    return this.#closed.has(pid);
  }

  async hasOpened(pid: number): Promise<boolean> {
    const target = this.#closed.get(pid);
    return target !== undefined && (await inspectorAmong(await listenersOf(target))) !== null;
  }

  /** The process that has the port which this one would get, if its inspector is closed; null if none has. */
  async inTheWayOf(pid: number): Promise<number | null> {
    const target = this.#closed.get(pid);
    return target ? ((await holderOfInspectorPort(target))?.pid ?? null) : null;
  }

  /**
   * Whether a process that has the port moves its inspector soon, if it can, because it is attached to.
   *
   * @param pid null: a process that could not be seen; mostly one that has moved its inspector just then
   */
  movesSoon(pid: number | null): boolean {
    return pid === null || this.#awaited.has(pid);
  }

  /** A tracer looks after it from now on, or the caretaker of an attempt that failed. */
  settled(pid: number): void {
    this.#awaited.delete(pid);
    this.#caretaker.done(`opening ${pid}`);
  }

  end(): void {
    this.#caretaker.end({ isLost: false });
  }

  async #look({ pid, parent }: RunningProgram, opened: ReadonlySet<number>): Promise<void> {
    try {
      const target = lookAt(pid);
      const addresses = await listenersOf(target);
      const open = await inspectorAmong(addresses);
      // It may have started just before the inspector of its primary opened.
      if (open !== null && !(parent !== null && opened.has(parent) && wasOpenedBySignal(target, open.port))) return;
      const others = addresses.filter(({ port }) => port !== open?.port);
      this.#closed.set(pid, target);
      const { startTime } = target.facts!;
      this.#caretaker.add(`opening ${pid}`, { kind: 'opening', pid, startTime, others: others.map(hostPort) });
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error; // it has ended, or is another user's, which attaching says
    }
  }
}
