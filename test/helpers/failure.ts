/** The error that a promise is rejected with, whatever realm it is of; an Error of ours where nothing was thrown. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    (value) => new Error(`nothing was thrown, but ${String(value)} returned`),
    (error: unknown) => error as Error,
  );
}
