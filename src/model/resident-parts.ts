import type { ResidentPart } from './trace-columns.js';

/** The sum of each kind, in the order in which the kinds come first. */
export function summedByKind(parts: readonly ResidentPart[]): ResidentPart[] {
  const byKind = new Map<string, ResidentPart>();
  for (const { kind, bytes, estimated } of parts) {
    const known = byKind.get(kind);
    byKind.set(kind, { kind, bytes: bytes + (known?.bytes ?? 0), estimated: estimated || known?.estimated === true });
  }
  return [...byKind.values()];
}
