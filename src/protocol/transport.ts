/** The target's answer to a command that it refuses. */
export interface ProtocolFailure {
  readonly code?: number;
  readonly message: string;
}

/** A reason for `onClose`. */
export const INSPECTOR_CLOSED = 'the program closed its inspector; attach to its pid, which opens it again';

/**
 * How the commands and events of one CDP conversation travel, without promises and types. There are transports over a WebSocket, within
 * the process, over the main thread's session (for workers), and a fake one in tests. Only Session uses them.
 */
export interface Transport {
  /** Sends a command. `done` is called at most once, never after the close, and possibly before `post` returns. */
  post(method: string, params: object, done: (failure: ProtocolFailure | null, result: unknown) => void): void;
  /** Passes every event of the target on. The listener must not throw. */
  onEvent(listener: (method: string, params: unknown) => void): void;
  /**
   * Calls the listener once, if the conversation ends without our asking, and at once if it has already ended. `reason` is a clause that
   * says why and what to try, such as "the program ended; start it again".
   */
  onClose(listener: (reason: string) => void): void;
  /** Ends the conversation from our side. Resolves when the other side has noticed, or after a bounded wait. Never rejects. */
  close(): Promise<void>;
  /** Lets go of a connection at once, without a word to the other side. It lives on in another process that shares it. */
  drop(): void;
}
