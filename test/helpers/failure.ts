/** The error with which a promise is rejected, from any realm. If it is not rejected, an Error that we make. */
export async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    (value) => new Error(`nothing was thrown, but ${String(value)} returned`),
    (error: unknown) => error as Error,
  );
}
