import { labelledBytes, totalOf } from '../../model/column-totals.js';
import type { SnapshotParts } from '../../model/snapshot-parts.js';
import { formatSize } from '../../text/size-format.js';
import { percent } from './percent.js';

const UNLABELLED =
  "(none) was allocated outside of labelled work, by packages without true lines that no labelled code called, or in Node's own code before the label was set.";
const OVERFLOW = 'More than 256 labels were used; the further ones are (other).';

/** If labels were on: how much has one, and what the rest is. */
export function labelNotes(parts: Pick<SnapshotParts, 'columns' | 'labels' | 'capture'>): string[] {
  const { labels } = parts.capture;
  if (!labels) return [];
  const [bytes, total] = [labelledBytes(parts), totalOf(parts.columns).size];
  const labelled = `labelled ${formatSize(bytes)} (${percent(bytes, total)}). ${UNLABELLED}`;
  return [labelled, ...(labels.overflow ? [OVERFLOW] : [])];
}
