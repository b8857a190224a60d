import type { TracemallocError } from '../errors.js';

/** Where a call was made. V8 formats the frames only when they are read, so a call that succeeds pays only for the capture. */
export interface CallSite {
  readonly stack?: string;
}

/** The stack of the caller of `callee`. Take it before the first await: after that the caller is no longer on the stack. */
export function callSite(callee: (...args: never[]) => unknown): CallSite {
  const site: CallSite = {};
  Error.captureStackTrace(site, callee);
  return site;
}

/** Gives an error that arose later the stack of the original call. */
export function raisedAt<E extends TracemallocError>(site: CallSite, error: E): E {
  const frames = site.stack?.match(/^ {4}at [\s\S]*/m)?.[0];
  if (frames !== undefined) error.stack = `${error.name}: ${error.message}\n${frames}`;
  return error;
}
