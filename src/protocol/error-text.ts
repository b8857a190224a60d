/**
 * The message of a thrown value. It does not use `instanceof Error`, because Node's own errors belong to another realm inside a vm context,
 * as under jest.
 */
export function messageOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);
}

/** `ECONNREFUSED`, `HPE_INVALID_CONSTANT`, …; empty if the value has no code. */
export function errorCode(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
}
