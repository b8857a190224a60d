import type { TracemallocError } from '../errors.js';

/** Where a call was made. V8 formats the frames only when they are read, so a call that succeeds pays for the capture alone. */
export interface CallSite {
  readonly stack?: string;
}

/** The stack of whoever called `callee`. Taken before the first await: afterwards the caller is no longer on it. */
export function callSite(callee: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  Error.captureStackTrace(site, callee);
  return site;
}

/** Gives an error, made where a call failed, the stack of the place where it was called. */
export function raisedAt<E extends TracemallocError>(site: CallSite, error: E): E {
  const frames = site.stack?.match(/^ {4}at [\s\S]*/m)?.[0];
  if (frames !== undefined) error.stack = `${error.name}: ${error.message}\n${frames}`;
  return error;
}
