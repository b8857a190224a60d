/** Sends a notification of the protocol. */
export type SendProgress = (params: { progress: number; message: string }) => Promise<void>;

const EVERY_MS = 1000;

/** Tells a client every second that its call is being worked on, and what is being done. Progress is the time, in seconds. */
export class ProgressReports {
  readonly #send: SendProgress | null;
  readonly #begun = performance.now();
  readonly #timer: NodeJS.Timeout | undefined;
  #message = 'started';

  /** @param send null: the client does not want to know */
  constructor(send: SendProgress | null) {
    this.#send = send;
    if (send === null) return;
    this.#tell();
    this.#timer = setInterval(() => this.#tell(), EVERY_MS);
  }

  /** @param message may quote the program; it must be safe to show */
  say(message: string): void {
    this.#message = message;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #tell(): void {
    const progress = Math.round(performance.now() - this.#begun) / 1000;
    this.#send?.({ progress, message: this.#message }).catch(() => this.end()); // the client is gone, or has cancelled the call
  }
}
