import { inspectorAmong, listenersOf } from '../../discovery/inspectable.js';
import { holderOfInspectorPort } from '../../discovery/port-holder.js';
import { hasProc } from '../../discovery/proc.js';
import { checkPid, type KnownProcess, lookAt } from '../../discovery/process-identity.js';
import { programsInTree, type RunningProgram } from '../../discovery/running-programs.js';
import { ConnectError, UnsupportedError } from '../../errors.js';
import { hostPort } from '../../protocol/address.js';
import { Caretaker } from '../cleanup/caretaker.js';
import type { Tracer } from '../tracer/tracer.js';
import { type AttachOptions, attachToPid } from './attach.js';
import { connectElsewhere } from './moved-inspector.js';

/** A Node process of a tree. */
export interface TreeProcess {
  readonly pid: number;
  /** The nearest Node process above it; null if there is none in the tree. */
  readonly parentPid: number | null;
  /** The script as it was named, and its arguments. */
  readonly command: readonly string[];
  /** null: it cannot be traced, for the reason in `problem`. */
  readonly tracer: Tracer | null;
  readonly problem: unknown;
}

/** What only starts programs, and is not attached to: npm, npx, tsx, `node --watch`. */
const ONLY_STARTS = 'it only starts the others';

interface TreeOptions extends AttachOptions {
  /** What was found before, which is left alone. */
  readonly known: ReadonlySet<number>;
  /** Aborted: no further process is attached to. */
  readonly signal: AbortSignal;
}

/**
 * Attaches to the process `root` and to all Node processes below it, also to those that start meanwhile. `root` may be another program, such as a shell.
 * Close each tracer. Linux only.
 *
 * @returns the processes that were not known, each as soon as it is attached to; those that cannot be attached to have the reason
 * @throws UnsupportedError on another system
 */
export async function* attachTree(root: number, { known, signal, ...options }: TreeOptions): AsyncGenerator<TreeProcess, void> {
  checkPid(root);
  if (!hasProc()) throw new UnsupportedError(`the processes below another can be found on Linux only: ${process.platform} has no /proc`);
  const found = new Set<number>();
  for (;;) {
    const added = (await programsInTree(root)).filter(({ pid }) => !known.has(pid) && !found.has(pid));
    if (added.length === 0 || signal.aborted) return;
    const inspectors = await Inspectors.of(added);
    try {
      const waiting = new Map(added.map((program) => [program.pid, program]));
      // One after the other, because all inspectors open on the same port.
      while (waiting.size > 0) {
        const [first] = waiting.values();
        const program = waiting.get((await inspectors.inTheWayOf(first!.pid)) ?? -1) ?? first!;
        const { pid } = program;
        waiting.delete(pid);
        const attaching = { root, isOurs: inspectors.wereClosed(pid), options };
        if (!signal.aborted) {
          found.add(pid);
          yield await attached(program, attaching);
        } else if (await inspectors.hasOpened(pid)) await closeAgain(program, attaching);
        inspectors.settled(pid);
      }
    } finally {
      inspectors.end();
    }
  }
}

interface Attaching {
  readonly root: number;
  /** If its inspector is open, then because of us. */
  readonly isOurs: boolean;
  readonly options: AttachOptions;
}

async function attached(
  { pid, parent, launcher, script, args, title }: RunningProgram,
  { root, isOurs, options }: Attaching,
): Promise<TreeProcess> {
  const row = { pid, parentPid: pid === root ? null : parent, command: script === null ? [title] : [script, ...args] };
  if (launcher !== null) return { ...row, tracer: null, problem: ONLY_STARTS };
  const connect = (_: number, timeoutMs: number | undefined) => connectElsewhere(pid, timeoutMs, isOurs);
  try {
    return { ...row, tracer: await attachToPid(pid, options, connect), problem: null };
  } catch (problem) {
    return { ...row, tracer: null, problem };
  }
}

async function closeAgain(program: RunningProgram, attaching: Attaching): Promise<void> {
  await (await attached(program, attaching)).tracer?.close();
}

/**
 * Which inspectors of a tree were closed before we came. If the inspector of a cluster's primary opens, Node sends SIGUSR1 to all its workers, of which
 * one gets the port as soon as it is free (18 to 26). A caretaker closes what has opened if we are killed.
 */
class Inspectors {
  readonly #closed = new Map<number, KnownProcess>();
  readonly #caretaker = new Caretaker();

  static async of(programs: readonly RunningProgram[]): Promise<Inspectors> {
    const inspectors = new Inspectors();
    await Promise.all(programs.map(({ pid }) => inspectors.#look(pid)));
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

  /** A tracer looks after it from now on, or the caretaker of an attempt that failed. */
  settled(pid: number): void {
    this.#caretaker.done(`opening ${pid}`);
  }

  end(): void {
    this.#caretaker.end({ isLost: false });
  }

  async #look(pid: number): Promise<void> {
    try {
      const target = lookAt(pid);
      const addresses = await listenersOf(target);
      if (await inspectorAmong(addresses)) return;
      this.#closed.set(pid, target);
      const { startTime } = target.facts!;
      this.#caretaker.add(`opening ${pid}`, { kind: 'opening', pid, startTime, others: addresses.map(hostPort) });
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error; // it has ended, or is another user's, which attaching says
    }
  }
}
