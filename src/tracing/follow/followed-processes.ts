import { leaveAndCloseInspector } from '../../discovery/close-inspector.js';
import { pidOfListener } from '../../discovery/port-holder.js';
import { isStopped, ownNamespace, readProc } from '../../discovery/proc.js';
import { isOurs } from '../../discovery/process-identity.js';
import { packagedScript } from '../../discovery/script-path.js';
import { ConnectError, LaunchError } from '../../errors.js';
import { evaluateOwn } from '../../protocol/evaluate.js';
import { connectPaused, type Pause } from '../attach/connect-paused.js';
import { Caretaker } from '../cleanup/caretaker.js';
import { GcLimiter } from '../isolate/gc-limiter.js';
import type { LaunchedLines } from '../isolate/line-scope.js';
import { Lifecycle } from '../tracer/lifecycle.js';
import type { StartOptions } from '../tracer/start-options.js';
import { Tracer } from '../tracer/tracer.js';
import { type Announcement, type ProcessName, ProcessTree, RELEASE } from './process-tree.js';

/** A Node process that a followed program has started, directly or through others. */
export interface FollowedProcess {
  readonly pid: number;
  /** The followed process that started it, directly or through others (a shell). */
  readonly parentPid: number;
  /** Its `process.argv`: the binary, the script, the arguments. */
  readonly argv: readonly string[];
  readonly tracer: Tracer;
  /** Resolves, never rejects: why the process is not traced, or null if it is. */
  readonly problem: Promise<unknown>;
}

/** A process that could not be traced, and runs without us. */
export interface UntracedProcess extends Pick<FollowedProcess, 'pid' | 'parentPid' | 'argv'> {
  readonly problem: unknown;
}

interface Known {
  readonly pid: number;
  /** What it and its relatives call it. */
  readonly name: ProcessName;
  readonly life: Lifecycle;
}

const OTHER_NETWORK = 'it is in a network of its own, in which its inspector cannot be reached';

/** The preload pauses a process as soon as it has announced itself. */
const PAUSE: Pause = {
  isReached: async () => {},
  end: async (session) => void (await evaluateOwn(session, RELEASE, { doing: 'starting the program' })),
};

/** The processes of a followed program. The program itself waits for its caller, the others are traced as they come. */
export class FollowedProcesses {
  readonly all: FollowedProcess[] = [];
  readonly untraced: UntracedProcess[] = [];
  readonly #tree = new ProcessTree({
    process: (process, release) => this.#meet(process, release),
    kill: (process) => this.#keepSnapshotsOf(process),
  });
  readonly #lines: LaunchedLines;
  readonly #first: Promise<Announcement>;
  #announceFirst: ((first: Announcement) => void) | null = null;
  #program: Known | null = null;
  #starter: { readonly pid: number; readonly argv: readonly string[] } | null = null;
  readonly #others: Known[] = [];
  #options: number | StartOptions | null = null;
  #letRun: () => void = () => {};
  readonly #mayRun: Promise<void>;
  readonly #listeners = new Set<(process: FollowedProcess) => void>();
  readonly #arriving = new Set<Promise<void>>();
  /** All of them run on this machine. */
  readonly #gcLimiter = new GcLimiter();

  constructor(lines: LaunchedLines) {
    this.#lines = lines;
    this.#first = new Promise((resolve) => {
      this.#announceFirst = resolve;
    });
    this.#mayRun = new Promise((resolve) => {
      this.#letRun = resolve;
    });
  }

  /** On guard from the start to `leave()`. */
  get caretaker(): Caretaker {
    return this.#tree.caretaker;
  }

  /** What the program's environment needs. */
  environment(env: NodeJS.ProcessEnv, options: { readonly isCommand: boolean }): NodeJS.ProcessEnv {
    return this.#tree.environment(env, this.#lines, options);
  }

  /** The inspector of the program itself, when the program is paused. */
  get programUrl(): Promise<string> {
    return this.#first.then(({ url }) => url ?? Promise.reject(new LaunchError(OTHER_NETWORK)));
  }

  /**
   * Connects to the program itself.
   * @param started the pid of the process that was started. It may be none of the followed ones: `node --watch` and `node --test` (from 20 on) load no
   *   preload, and start others that do, as does a command that is not Node
   */
  async connectProgram(title: string, started: number | null): Promise<Lifecycle> {
    const first = await this.#first;
    const pid = await pidOf(first);
    if (started !== null && pid !== started) this.#starter = { pid: started, argv: first.argv };
    const life = await this.#connect(first, { pid, title });
    this.#program = { pid, name: first, life };
    return life;
  }

  /** The process that only starts the program, and the program's `process.argv`; null if the program was started directly. */
  get starter(): { readonly pid: number; readonly argv: readonly string[] } | null {
    return this.#starter;
  }

  /** How the processes are traced. */
  traceWith(options: number | StartOptions): void {
    this.#options = options;
    this.mayRun();
  }

  /** The program runs. Processes that came before wait for this: a command may start several at once. Without `traceWith` they are left alone. */
  mayRun(): void {
    this.#letRun();
  }

  /** @returns a function that ends it */
  onProcess(listener: (process: FollowedProcess) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Keeps a last snapshot of every process but the program itself. Never rejects. */
  async keepLastSnapshots(): Promise<void> {
    await Promise.all(this.#others.map(keepLastSnapshot));
  }

  /** Leaves all processes but the program itself, with a last snapshot. Those that come from now on run without us. Never rejects: `closed` of each tracer says what failed. */
  async leave(): Promise<void> {
    this.#tree.stop();
    this.mayRun();
    await Promise.all(this.#arriving);
    this.#tree.remove(); // releases processes that came too late; the others have been met
    await Promise.allSettled(
      this.#others.map(async (known) => {
        await keepLastSnapshot(known);
        await known.life.close();
      }),
    );
  }

  /** @param killed its pid as `process.kill` takes it: 0 or less names a group, which may be all of them */
  async #keepSnapshotsOf(killed: ProcessName): Promise<void> {
    const all = killed.pid <= 0 ? this.#known : this.#known.filter((known) => isNamed(known, killed));
    await Promise.all(all.map(keepLastSnapshot));
  }

  get #known(): readonly Known[] {
    return this.#program ? [this.#program, ...this.#others] : this.#others;
  }

  #meet(process: Announcement, release: () => void): void {
    if (this.#announceFirst) {
      this.#announceFirst(process);
      this.#announceFirst = null;
      return;
    }
    const arrival = this.#trace(process, release);
    this.#arriving.add(arrival);
    void arrival.then(() => this.#arriving.delete(arrival));
  }

  /** Never rejects. */
  async #trace(process: Announcement, release: () => void): Promise<void> {
    await this.#mayRun;
    const { parent, argv } = process;
    const pid = await pidOf(process);
    const parentPid =
      parent === null ? (this.#starter?.pid ?? pid) : (this.#known.find((known) => isNamed(known, parent))?.pid ?? parent.pid);
    let life: Lifecycle;
    try {
      life = await this.#connect(process, { pid, title: argv[1] ?? argv[0] ?? '' });
    } catch (problem) {
      // One that has ended before we could speak to it is not missed.
      if (process.url === null || isOurs(pid)) this.untraced.push({ pid, parentPid, argv, problem });
      release();
      return;
    }
    const tracer = new Tracer(life);
    const starting = this.#options === null ? tracer.close() : tracer.start(this.#options);
    const problem = starting.then(
      () => null,
      async (error: unknown) => {
        await tracer.close().catch(() => {}); // lets the process run
        return error;
      },
    );
    const followed = { pid, parentPid, argv, tracer, problem };
    this.#others.push({ pid, name: process, life });
    this.all.push(followed);
    for (const listener of this.#listeners) listener(followed);
    await problem;
  }

  /** Connects to a process that has announced itself. */
  async #connect(
    { pid: ownPid, url, version, argv, wasOpen }: Announcement,
    { pid, title }: { pid: number; title: string },
  ): Promise<Lifecycle> {
    if (url === null) throw new LaunchError(OTHER_NETWORK);
    const caretaker = new Caretaker();
    const start = { registration: this.#lines.registration, inliningIsOff: false, foldingIsOff: false, isTrackable: false };
    const program = { url, pid, title, ...packagedScript(argv[1]), nodeVersion: version, pause: PAUSE, ...start };
    const options = await connectPaused(program, caretaker).catch((error: unknown) => {
      if (error instanceof ConnectError) throw error;
      throw new LaunchError(`${title} (pid ${pid}) could not be traced`, { cause: error });
    });
    const { hostname: host, port: portText } = new URL(url);
    const port = Number(portText);
    const leave = async () => void (await leaveAndCloseInspector(options.session, { pid, endpoint: { host, port } }));
    const inspector = { leave, cleanupTask: { kind: 'inspector', pid, host, port } } as const;
    // If our pid of a process in another pid namespace is unknown, the same number is another process of ours.
    const facts = readProc(pid);
    const isSame = facts?.ownPid === ownPid && facts.executable === argv[0];
    return new Lifecycle({ ...options, ...(isSame && { localPid: pid }), gcLimiter: this.#gcLimiter, ...(!wasOpen && inspector) });
  }
}

/** Its pid as we see it. A process in another pid namespace does not know that. */
async function pidOf({ pid, namespace, url }: Announcement): Promise<number> {
  if (namespace === ownNamespace('pid') || url === null) return pid;
  return (await pidOfListener(Number(new URL(url).port), pid)) ?? pid;
}

function isNamed({ pid, name }: Known, { pid: called, namespace }: ProcessName): boolean {
  return namespace === ownNamespace('pid') ? pid === called : name.pid === called && name.namespace === namespace;
}

/** Never rejects. A stopped process would not answer, and the process that is about to kill it waits for us. */
async function keepLastSnapshot({ pid, life }: Known): Promise<void> {
  if (!isStopped(pid)) await life.keepLastSnapshot();
}
