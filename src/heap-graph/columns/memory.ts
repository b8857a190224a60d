import { ProfileTooLargeError } from '../../errors.js';

/** Does work that makes columns as long as the heap. V8 refuses a column without memory for it with a `RangeError`. */
export function withMemory<Result>(what: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw clearly(what, error);
  }
}

export function clearly(what: string, error: unknown): unknown {
  const { name, message: reason } = error as Error;
  if (name !== 'RangeError' || !/allocation failed|^Invalid (typed )?array (buffer )?length/i.test(reason)) return error;
  const message = `there is not enough memory ${what}; it takes up to 1.6 bytes for each byte of the heap snapshot`;
  return new ProfileTooLargeError(message, { cause: error });
}
