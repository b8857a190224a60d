/** In ms, before each question. After the last of them TCP has acknowledged by itself (in 40 ms on Linux). */
const WAITS = [1, 1, 2, 4, 8, 16, 32] as const;
/** V8 runs no JavaScript for it. */
const QUESTION = 'Runtime.getIsolateId';
/** How V8 begins each answer, and no event. */
const ANSWER = '{"id":';

interface OfWorker {
  readonly sessionId?: string;
  readonly message?: string;
}

/**
 * Makes the answers of a target come at once. Node's inspector sends each message in a packet of its own, and a second packet only when we have
 * acknowledged the first (Nagle's algorithm; Node 18 to 26). Our system delays that by 40 ms, unless we send something, and Node cannot change it. So if
 * we have heard something, still wait for an answer, and have nothing to send, we ask a question whose answer nobody needs. A long wait costs the target
 * as many questions as there are {@link WAITS}.
 */
export class PromptAnswers {
  readonly #ask: (method: string) => void;
  /** How many answers of the main thread we wait for. */
  #awaited = 0;
  /** The same for each worker whose messages travel inside those of the main thread. */
  readonly #awaitedOf = new Map<string, number>();
  #asked = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param ask sends a command without parameters */
  constructor(ask: (method: string) => void) {
    this.#ask = ask;
  }

  /** Call it when a command is sent. */
  sent(method: string, params: OfWorker): void {
    this.#awaited++;
    if (method === 'NodeWorker.sendMessageToWorker') this.#count(String(params.sessionId), 1);
    this.#asked = 0;
    this.#stop();
  }

  /** Call it once for each command. */
  answered(): void {
    this.#awaited--;
  }

  /** Call it at each event. */
  happened(method: string, params?: OfWorker): void {
    const worker = String(params?.sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker' && String(params?.message).startsWith(ANSWER)) this.#count(worker, -1);
    if (method === 'NodeWorker.detachedFromWorker') this.#awaitedOf.delete(worker);
  }

  /** Call it after each message, be it an answer to our question. */
  heard(): void {
    const wait = WAITS[this.#asked];
    if (this.#isWaiting && wait !== undefined) this.#timer ??= setTimeout(() => this.#acknowledge(), wait);
  }

  /** Nothing is sent any more. */
  end(): void {
    this.#asked = WAITS.length;
    this.#stop();
  }

  get #isWaiting(): boolean {
    return this.#awaited > 0 || this.#awaitedOf.size > 0;
  }

  #count(worker: string, change: 1 | -1): void {
    const awaited = (this.#awaitedOf.get(worker) ?? 0) + change;
    if (awaited > 0) this.#awaitedOf.set(worker, awaited);
    else this.#awaitedOf.delete(worker);
  }

  #acknowledge(): void {
    this.#timer = null;
    if (!this.#isWaiting) return;
    this.#asked++;
    this.#ask(QUESTION);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
