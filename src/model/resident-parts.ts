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

/** A kind of memory with a smaller part of all is one of the others. */
const LEAST_SHARE = 0.05;

/** The large parts, the largest first, and one for all others. */
export function shownParts(resident: readonly ResidentPart[]): ResidentPart[] {
  const least = LEAST_SHARE * totalOfParts(resident);
  const large = resident.filter(({ bytes }) => bytes > 0 && bytes >= least).sort((a, b) => b.bytes - a.bytes);
  const others = resident.filter(({ bytes }) => bytes > 0 && bytes < least);
  const estimated = others.some((part) => part.estimated);
  return others.length === 0 ? large : [...large, { kind: 'other', bytes: totalOfParts(others), estimated }];
}

export function totalOfParts(parts: readonly ResidentPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
