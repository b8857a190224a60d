import * as z from 'zod/mini';
import type { Session } from '../../protocol/session.js';
import { OWN_SCHEME } from '../../text/own-scripts.js';
import type { GcTotals } from '../stacks/allocations.js';

/** What is allocated for it is not the program's. */
const OWN_NAME = `\n//# sourceURL=${OWN_SCHEME}collections\n`;
/** The object group that holds the profiler in the target. When we leave, V8 lets it go. */
const GROUP = 'node-tracemalloc collections';
/** Before Node 20.16 there is no way to a module of Node from outside, and undefined is what this gives. */
const CREATE = `try {
  const gc = new (process.getBuiltinModule('v8').GCProfiler)();
  gc.start();
  gc;
} catch {}${OWN_NAME}`;
/** Node reports microseconds. Functions of ours catch all they throw: `evaluateOwn` says why. */
const TAKE = `function () { try {
  const { statistics } = this.stop();
  return { count: statistics.length, seconds: statistics.reduce((sum, { cost }) => sum + cost, 0) / 1e6 };
} catch {} }${OWN_NAME}`;
const RESUME = `function () { try { this.start(); } catch {} }${OWN_NAME}`;

const DOING = { doing: 'counting collections' };

const created = z.object({ result: z.object({ objectId: z.optional(z.string()) }) });
const taken = z.object({ result: z.object({ value: z.optional(z.object({ count: z.number(), seconds: z.number() })) }) });

/** How often the target is asked: at its end it cannot be asked any more, and what was not yet told is not known. */
const PERIOD_MS = 500;

/**
 * Counts the garbage collections of one thread, without those that we force. Node's own profiler of them writes 3 KB into memory outside of the heap
 * for each one, until it is asked.
 */
export class GcTimes {
  readonly #session: Session;
  #objectId: string | null = null;
  #timer: NodeJS.Timeout | undefined;
  /** When it began to count, in ms; null: it does not. */
  #since: number | null = null;
  #count = 0;
  #seconds = 0;
  /** The time in which it has counted. */
  #covered = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Does nothing on a Node that cannot. */
  async start(): Promise<void> {
    const asked = { expression: CREATE, objectGroup: GROUP, silent: true, disableBreaks: true };
    const answer = await this.#session.programEnd.evaluating(() => this.#session.send('Runtime.evaluate', asked, DOING), DOING);
    this.#objectId = created.safeParse(answer).data?.result.objectId ?? null;
    if (this.#objectId === null) return;
    this.#counting();
    // Nobody waits for it: if the connection is lost, the next command says so.
    const look = () => void this.around(async () => {}).catch(() => {});
    this.#timer = setInterval(look, PERIOD_MS).unref();
  }

  /** Null if nothing is known yet. */
  get totals(): GcTotals | null {
    if (this.#covered === 0) return null;
    return { count: this.#count, seconds: this.#seconds, share: this.#seconds / (this.#covered / 1000) };
  }

  /** Forgets what it has counted. */
  clear(): void {
    this.#count = 0;
    this.#seconds = 0;
    this.#covered = 0;
  }

  /** Sends commands, and does not count the collections that they cause. @param send must send everything before it returns */
  async around<Answer>(send: () => Promise<Answer>): Promise<Answer> {
    let sent: Promise<Answer> | undefined;
    const once = () => {
      sent ??= send();
      return sent;
    };
    // Each answer is taken when it comes: two of these may be under way.
    const asked = () =>
      Promise.all([this.#call(TAKE).then((answer) => this.#add(answer)), once(), this.#call(RESUME).then(() => this.#counting())]);
    const answers = await this.#session.programEnd.evaluating(asked, DOING);
    return answers === null ? once() : answers[1]; // at the end of a program nothing is evaluated
  }

  /** Ends the profiler, and lets it go: V8 may collect it late. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#objectId === null) return;
    const send = () => Promise.all([this.#call(TAKE), this.#session.send('Runtime.releaseObjectGroup', { objectGroup: GROUP }, DOING)]);
    this.#objectId = null;
    await this.#session.programEnd.evaluating(send, DOING);
  }

  #counting(): void {
    this.#since = performance.now();
  }

  #add(answer: unknown): void {
    const told = taken.safeParse(answer).data?.result.value;
    if (!told || this.#since === null) return;
    this.#count += told.count;
    this.#seconds += told.seconds;
    this.#covered += performance.now() - this.#since;
    this.#since = null;
  }

  async #call(functionDeclaration: string): Promise<unknown> {
    if (this.#objectId === null) return null;
    const call = { objectId: this.#objectId, functionDeclaration, returnByValue: true, silent: true };
    return this.#session.send('Runtime.callFunctionOn', call, DOING);
  }
}
