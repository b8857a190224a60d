interface RefusalOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A request that is not served as it was meant. The message is one line, for who asked. */
export class Refusal extends Error {
  /** Of HTTP. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, { headers = {}, cause }: RefusalOptions = {}) {
    super(message, { cause });
    this.status = status;
    this.headers = headers;
  }
}

/** @param ms when it is worth another try */
export function retryAfter(ms: number): Record<string, string> {
  return { 'Retry-After': `${Math.max(1, Math.ceil(ms / 1000))}` };
}
