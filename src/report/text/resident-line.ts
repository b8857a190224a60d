import { shownParts, totalOfParts } from '../../model/resident-parts.js';
import type { CaptureInfo, ResidentPart } from '../../model/trace-columns.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';

/** Columns of the bars of all parts together. */
const BAR_WIDTH = 20;

/** One line of the ledger: what the resident memory consists of, the largest part first. With `bars`, each has one of the length of its share. */
export function residentLine({ resident }: Pick<CaptureInfo, 'resident'>, { bars = false } = {}): string[] {
  const parts = shownParts(resident ?? []);
  if (parts.length === 0) return [];
  const rss = totalOfParts(parts);
  const text = ({ kind, bytes, estimated }: ResidentPart) => {
    const bar = bars ? `${'▇'.repeat(Math.round((BAR_WIDTH * bytes) / rss))} ` : '';
    return `${printable(kind)} ${bar}${formatSize(bytes)}${estimated ? ' ±' : ''}`;
  };
  return [`resident: ${parts.map(text).join(', ')}`];
}
