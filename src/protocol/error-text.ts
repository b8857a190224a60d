/**
 * What is known of a thrown value. Not by `instanceof Error`: Node's own errors are of another realm when we run inside a vm context, as
 * under jest.
 */
export function messageOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);
}

/** `ECONNREFUSED`, `HPE_INVALID_CONSTANT`, …; empty where there is none. */
export function errorCode(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
}
