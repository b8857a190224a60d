import { type Comparison, comparisonOf } from '../../snapshot/comparison.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';
import { gapNotes } from './coverage.js';

interface Pair {
  readonly old: Snapshot;
  readonly now: Snapshot;
}

const EACH_SIDE = 'each side has only what was allocated after its own start';
const FOR_GROWTH = 'To see growth, take both snapshots in one tracing: tracemalloc attach TARGET --warmup 30s --diff.';
const LINES = { line: 'where memory is allocated', function: 'where functions start' } as const;

/** What the difference of two snapshots does not show, the most important first. Nothing if it shows growth and nothing else. */
export function comparisonNotes(pair: Pair): string[] {
  const comparison = comparisonOf(pair);
  return [
    ...tracingNotes(comparison, pair),
    ...precisionNotes(comparison),
    ...settingNotes(comparison),
    ...(comparison.isReversed ? ['The old snapshot was taken after the new one: a plus is what was there only earlier.'] : []),
    ...gapNotesOfOld(pair).map((note) => `In the old snapshot: ${note}`),
  ];
}

/** Without those that the new snapshot has, too. */
function gapNotesOfOld({ old, now }: Pair): string[] {
  const known = new Set(gapNotes(now.capture));
  return gapNotes(old.capture).filter((note) => !known.has(note));
}

function tracingNotes({ oneTracing }: Comparison, { old, now }: Pair): string[] {
  if (oneTracing === true) return [];
  if (oneTracing === null)
    return [`The two are not known to be of one tracing. If they are not, ${EACH_SIDE}, and a change is not growth.`];
  const [before, after] = [old.capture.target.pid, now.capture.target.pid];
  const whose =
    before === null || after === null ? '' : before === after ? ` of process ${before}` : ` of the processes ${before} and ${after}`;
  return [`These are two tracings${whose}, and their difference is not growth: ${EACH_SIDE}.`, FOR_GROWTH];
}

function precisionNotes({ settings }: Comparison): string[] {
  const lines = settings.find(({ name }) => name === 'precision');
  if (!lines) return [];
  const [before, after] = [lines.old, lines.now].map((one) => LINES[one as keyof typeof LINES]);
  return [
    `Their lines cannot be compared: the old ones are ${before}, the new ones ${after}, so the same code stands in two rows. Group by filename or package.`,
  ];
}

function settingNotes({ settings }: Comparison): string[] {
  const others = settings.filter(({ name }) => name !== 'precision');
  if (others.length === 0) return [];
  const list = others.map(({ name, old, now }) => `${name} (${shown(name, old)}, then ${shown(name, now)})`).join(', ');
  return [`They differ in ${list}: some differences come from that.`];
}

function shown(name: string, value: string | number | null): string {
  if (value === null) return 'unknown';
  return name === 'interval' ? formatSize(Number(value)) : printable(`${value}`);
}
