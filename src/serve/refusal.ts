interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that is not served as asked. The message is one line for the client. */
export class Refusal extends Error {
  /** The HTTP status. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, { headers = {}, cause }: RefusalOptions = {}) {
    super(message, { cause });
    this.status = status;
    this.headers = headers;
  }
}

/** @param ms the time after which another try makes sense */
export function retryAfter(ms: number): Record<string, string> {
  return { 'Retry-After': `${Math.max(1, Math.ceil(ms / 1000))}` };
}
