/**
 * The base of every error that a user can meet: a stable `code`, the `exitCode` of the command, a message of one line that says what
 * failed and what to do, and the `cause` if there is one.
 */
export class TracemallocError extends Error {
  readonly code: string = 'ERR_TRACEMALLOC';
  /** 1 failed, 2 wrong usage, 3 a limit was exceeded. */
  readonly exitCode: number = 1;

  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Arguments that make no sense: CPython's ValueError and TypeError. */
export class UsageError extends TracemallocError {
  override readonly code = 'ERR_USAGE';
  override readonly exitCode = 2;
}

/** A call that needs tracing while nothing is traced. */
export class NotTracingError extends TracemallocError {
  override readonly code = 'ERR_NOT_TRACING';
}

/** A method that the current mode or this target does not support. */
export class UnsupportedError extends TracemallocError {
  override readonly code = 'ERR_UNSUPPORTED';
}

/** No inspector could be reached at the address. */
export class ConnectError extends TracemallocError {
  override readonly code = 'ERR_CONNECT';
}

/** The connection broke: the target ended, was killed, or closed its inspector. */
export class ConnectionLostError extends TracemallocError {
  override readonly code = 'ERR_CONNECTION_LOST';
}

/** The target did not answer a command in time. */
export class CommandTimeoutError extends TracemallocError {
  override readonly code = 'ERR_TIMEOUT';
}

/** The target answered a command with an error. */
export class CommandError extends TracemallocError {
  override readonly code = 'ERR_COMMAND';
}

/** Another tool's sampler runs in the target, and ours would disturb it. */
export class ForeignSamplerError extends TracemallocError {
  override readonly code = 'ERR_FOREIGN_SAMPLER';
}

/** The profile is larger than the largest message that the connection can carry, or a heap graph larger than our memory. */
export class ProfileTooLargeError extends TracemallocError {
  override readonly code = 'ERR_PROFILE_TOO_LARGE';
}

/** A profile whose content contradicts itself, or that a store cannot keep for its content. */
export class BadProfileError extends TracemallocError {
  override readonly code = 'ERR_BAD_PROFILE';
}

/** A snapshot file that cannot be read or written. */
export class SnapshotFileError extends TracemallocError {
  override readonly code = 'ERR_SNAPSHOT_FILE';
}

/** A store of profiles that cannot be reached, refuses what we ask, or does not answer as it should. */
export class StoreError extends TracemallocError {
  override readonly code = 'ERR_STORE';
}

/** A result that cannot be written to the chosen path. */
export class OutputFileError extends TracemallocError {
  override readonly code = 'ERR_OUTPUT_FILE';
}

/** An address on which we cannot listen. */
export class ListenError extends TracemallocError {
  override readonly code = 'ERR_LISTEN';
}

/** A program that could not be started under tracing. */
export class LaunchError extends TracemallocError {
  override readonly code = 'ERR_LAUNCH';
}

/** The compiler checks that every case is handled. A value from outside that is none of them still fails with a clear error. */
export function assertNever(value: never, what: string): never {
  throw new UsageError(`unknown ${what}: ${JSON.stringify(value)}`);
}
