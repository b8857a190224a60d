import { leaveAndCloseInspector } from '../../discovery/close-inspector.js';
import { isStopped } from '../../discovery/proc.js';
import { LaunchError } from '../../errors.js';
import { askToWaitAtEnd, evaluateOwn } from '../../protocol/evaluate.js';
import { MAX_MESSAGE_BYTES } from '../../protocol/websocket.js';
import { type Caretaker, converse } from '../cleanup/caretaker.js';
import { Lanes } from '../isolate/gc-limiter.js';
import type { LaunchedLines } from '../isolate/line-scope.js';
import { type Held, HeldTracer } from '../tracer/paused-tracer.js';
import type { StartOptions } from '../tracer/start-options.js';
import type { TracerOptions } from '../tracer/tracer-options.js';
import { type Announcement, ProcessTree, RELEASE } from './process-tree.js';

/** A Node process that a followed program has started, directly or through others. */
export interface FollowedProcess {
  readonly pid: number;
  /** Of the followed process that started it, directly or through others (a shell). */
  readonly parentPid: number;
  /** Its `process.argv`: the binary, the script, the arguments. */
  readonly argv: readonly string[];
  readonly tracer: HeldTracer;
  /** Resolves, never rejects: why it is not traced, null where it is. */
  readonly problem: Promise<unknown>;
}

/** The processes of a program that is followed: the first one waits for its caller, the others are traced as they come. */
export class FollowedProcesses {
  readonly all: FollowedProcess[] = [];
  readonly #tree = new ProcessTree({
    process: (process) => this.#meet(process),
    kill: (pid) => this.#takeLastSnapshots(pid),
  });
  readonly #lines: LaunchedLines;
  readonly #first: Promise<Announcement>;
  #announceFirst: ((first: Announcement) => void) | null = null;
  #program: Pick<FollowedProcess, 'pid' | 'tracer'> | null = null;
  #options: number | StartOptions | null = null;
  readonly #listeners = new Set<(process: FollowedProcess) => void>();
  readonly #arriving = new Set<Promise<void>>();
  /** All of them are on this machine. */
  readonly #lanes = new Lanes();

  constructor(lines: LaunchedLines) {
    this.#lines = lines;
    this.#first = new Promise((resolve) => {
      this.#announceFirst = resolve;
    });
  }

  /** What the program's environment needs. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
    return this.#tree.environment(env, this.#lines);
  }

  /** The program itself, once it waits. */
  get first(): Promise<Announcement> {
    return this.#first;
  }

  /** Connects to a process that has announced itself, and waits. */
  async connect(process: Announcement, title: string): Promise<{ options: TracerOptions; held: Held }> {
    const { options, held } = await connectHeld(process, { hasLines: this.#lines.execArgv.length > 0, title });
    options.caretaker.owe('folder', { kind: 'folder', path: this.#tree.folder });
    return { options: { ...options, lanes: this.#lanes }, held };
  }

  /** How the processes that come from now on are traced; without it they are left alone. */
  traceWith(options: number | StartOptions): void {
    this.#options = options;
  }

  /** The program itself is killed by its processes, too, and may kill itself. */
  set program(program: Pick<FollowedProcess, 'pid' | 'tracer'>) {
    this.#program = program;
  }

  /** @returns a function that ends it */
  onProcess(listener: (process: FollowedProcess) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async takeLastSnapshots(): Promise<void> {
    await Promise.all(this.all.map(keepLastSnapshot));
  }

  /** Of those that are about to be killed: of all, where it may be a group of them. */
  async #takeLastSnapshots(killed: number): Promise<void> {
    const known = this.#program ? [this.#program, ...this.all] : this.all;
    const dying = known.filter(({ pid }) => killed <= 0 || pid === killed);
    await Promise.all(dying.map(keepLastSnapshot));
  }

  /** A process that comes from now on runs without us. Rejects never: what a process that fails has to say, its `closed` says. */
  async leave(): Promise<void> {
    this.#tree.stop();
    await Promise.all(this.#arriving);
    this.#tree.remove(); // lets go who came too late; who arrived was met before
    await Promise.allSettled(
      this.all.map(async (process) => {
        await keepLastSnapshot(process);
        await process.tracer.close();
      }),
    );
  }

  #meet(process: Announcement): void {
    if (this.#announceFirst) {
      this.#announceFirst(process);
      this.#announceFirst = null;
      return;
    }
    const arrival = this.#trace(process).catch(() => {}); // it ended before we could speak to it
    this.#arriving.add(arrival);
    void arrival.then(() => this.#arriving.delete(arrival));
  }

  async #trace(process: Announcement): Promise<void> {
    const { pid, parent, argv } = process;
    const { options, held } = await this.connect(process, argv[1] ?? argv[0] ?? '');
    const tracer = new HeldTracer(options, held);
    const starting = this.#options === null ? tracer.close() : tracer.start(this.#options);
    const problem = starting.then(
      () => null,
      async (error: unknown) => {
        await tracer.close().catch(() => {}); // lets it go
        return error;
      },
    );
    const followed = { pid, parentPid: parent ?? pid, argv, tracer, problem };
    this.all.push(followed);
    for (const listener of this.#listeners) listener(followed);
    await problem;
  }
}

/** One that is stopped would not answer, and who is about to kill it waits. Rejects never. */
async function keepLastSnapshot({ pid, tracer }: Pick<FollowedProcess, 'pid' | 'tracer'>): Promise<void> {
  if (!isStopped(pid)) await tracer.keepLastSnapshot();
}

async function connectHeld(
  { pid, url, version, wasOpen }: Pick<Announcement, 'pid' | 'url' | 'version' | 'wasOpen'>,
  { hasLines, title }: { readonly hasLines: boolean; readonly title: string },
): Promise<{ options: TracerOptions & { caretaker: Caretaker }; held: Held }> {
  const { session, caretaker } = await converse({ webSocketUrl: url, label: `${title} (pid ${pid})` });
  const { hostname: host, port } = new URL(url);
  const leave = async () => void (await leaveAndCloseInspector(session, { pid, endpoint: { host, port: Number(port) } }));
  try {
    await askToWaitAtEnd(session);
  } catch (error) {
    await session.close();
    throw new LaunchError(`${title} (pid ${pid}) could not be traced`, { cause: error });
  }
  return {
    options: {
      session,
      caretaker,
      info: { pid, title, nodeVersion: version },
      maxMessageBytes: MAX_MESSAGE_BYTES,
      state: 'held',
      ...(!wasOpen && { leave, debt: { kind: 'inspector', pid, host, port: Number(port) } }),
    },
    held: {
      hasLines,
      inliningIsOff: false,
      isTrackable: false,
      release: async () => void (await evaluateOwn(session, RELEASE, { doing: 'starting the program' })),
    },
  };
}
