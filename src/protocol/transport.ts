/** What a target answers to a command that it refuses. */
export interface ProtocolFailure {
  readonly code?: number;
  readonly message: string;
}

/**
 * One CDP conversation below the level of promises and types: how commands and events travel. WebSocket, in-process and (in tests) fake
 * transports implement it; Session is its only user.
 */
export interface Transport {
  /** Sends a command; `done` is called at most once, never after the close. */
  post(method: string, params: object, done: (failure: ProtocolFailure | null, result: unknown) => void): void;
  /** Every event of the target, as (method, params). */
  onEvent(listener: (method: string, params: unknown) => void): void;
  /** Called once, when the conversation is over without our asking; `reason` is a clause such as "the target exited". */
  onClose(listener: (reason: string) => void): void;
  /** Ends the conversation from our side; resolves when the other side has seen it. */
  close(): Promise<void>;
}
