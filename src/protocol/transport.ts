/** What a target answers to a command that it refuses. */
export interface ProtocolFailure {
  readonly code?: number;
  readonly message: string;
}

/** As a reason of `onClose`. */
export const INSPECTOR_CLOSED = 'the program closed its inspector; attach to its pid, which opens it again';

/**
 * One CDP conversation below the level of promises and types: how commands and events travel. WebSocket, in-process and (in tests) fake
 * transports implement it, a worker's (CDP inside the main thread's session) can; Session is its only user.
 */
export interface Transport {
  /** Sends a command; `done` is called at most once, never after the close, possibly before `post` returns. */
  post(method: string, params: object, done: (failure: ProtocolFailure | null, result: unknown) => void): void;
  /** Every event of the target, as (method, params). The listener does not throw. */
  onEvent(listener: (method: string, params: unknown) => void): void;
  /**
   * Called once, when the conversation is over without our asking, at once if it already is. `reason` is a clause that says why and what
   * to try, such as "the program ended; start it again".
   */
  onClose(listener: (reason: string) => void): void;
  /** Ends the conversation from our side; resolves when the other side has seen it, or after a bounded wait. Never rejects. */
  close(): Promise<void>;
}
