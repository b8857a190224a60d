import type { CaptureInfo, ResidentPart } from '../../model/trace-columns.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';

/** A kind of memory with a smaller part of all is one of the others. */
const LEAST_SHARE = 0.05;
/** Columns of the bars of all parts together. */
const BAR_WIDTH = 20;

/** One line of the ledger: what the resident memory consists of, the largest part first. With `bars`, each has one of the length of its share. */
export function residentLine({ resident }: Pick<CaptureInfo, 'resident'>, { bars = false } = {}): string[] {
  const parts = shownParts(resident ?? []);
  if (parts.length === 0) return [];
  const rss = sumOf(parts);
  const text = ({ kind, bytes, estimated }: ResidentPart) => {
    const bar = bars ? `${'▇'.repeat(Math.round((BAR_WIDTH * bytes) / rss))} ` : '';
    return `${printable(kind)} ${bar}${formatSize(bytes)}${estimated ? ' ±' : ''}`;
  };
  return [`resident: ${parts.map(text).join(', ')}`];
}

/** The large parts, the largest first, and one for all others. */
export function shownParts(resident: readonly ResidentPart[]): ResidentPart[] {
  const least = LEAST_SHARE * sumOf(resident);
  const large = resident.filter(({ bytes }) => bytes > 0 && bytes >= least).sort((a, b) => b.bytes - a.bytes);
  const others = resident.filter(({ bytes }) => bytes > 0 && bytes < least);
  const estimated = others.some((part) => part.estimated);
  return others.length === 0 ? large : [...large, { kind: 'other', bytes: sumOf(others), estimated }];
}

function sumOf(parts: readonly ResidentPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
