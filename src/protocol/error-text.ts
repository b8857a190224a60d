/**
 * The message of a thrown value. Does not use `instanceof Error`: inside a vm context, as under jest, Node's own errors belong to another
 * realm.
 */
export function messageOf(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'message' in thrown ? String(thrown.message) : String(thrown);
}

/** `ECONNREFUSED`, `HPE_INVALID_CONSTANT`, …; empty if the value has no code. */
export function errorCode(thrown: unknown): string {
  return typeof thrown === 'object' && thrown !== null && 'code' in thrown ? String(thrown.code) : '';
}
