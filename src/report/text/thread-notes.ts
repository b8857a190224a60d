import type { CaptureInfo } from '../../model/trace-columns.js';
import { printable } from '../../text/printable.js';
import { formatSize } from '../../text/size-format.js';

/** Of more threads than this, the rest is counted. */
const NAMED = 3;

/** What a reader must know about threads: which are missing, and of which something is missing. */
export function threadNotes({ missing = [], atHeapLimit = [], late = [], ended = 0 }: CaptureInfo): string[] {
  const reasons = new Set(missing.map(({ reason }) => reason));
  return [
    ...[...reasons].map((reason) => missingNote(reason, namesOf(missing.filter((one) => one.reason === reason)))),
    ...atHeapLimit.map((thread) => `${printable(thread)} came to its heap limit; what it held then is shown.`),
    ...(late.length > 0 ? [lateNote(namesOf(late), formatSize(late.reduce((sum, { bytes }) => sum + bytes, 0)))] : []),
    ...(ended > 0 ? [endedNote(ended)] : []),
  ];
}

function missingNote(reason: string, names: readonly string[]): string {
  return `${listed(names)} ${names.length === 1 ? 'is' : 'are'} missing: ${printable(reason)}.`;
}

function lateNote(names: readonly string[], bytes: string): string {
  const whose = names.length === 1 ? 'its' : 'their';
  return `${listed(names)} started meanwhile and held ${bytes} before ${whose} tracing began, which is not shown; \`run\` traces workers from their first line.`;
}

function endedNote(ended: number): string {
  const workers = ended === 1 ? 'One worker has' : `${ended} workers have`;
  return `${workers} ended and ${ended === 1 ? 'is' : 'are'} not shown; --keep-ended keeps what ended workers held.`;
}

function namesOf(threads: readonly { readonly thread: string }[]): string[] {
  return threads.map(({ thread }) => printable(thread));
}

function listed(names: readonly string[]): string {
  const [first, ...others] = names;
  if (others.length === 0) return first!;
  const shown = others.slice(0, NAMED - 1);
  const rest = others.length - shown.length;
  const last = rest > 0 ? `${rest} more` : shown.pop()!;
  return `${[first, ...shown].join(', ')} and ${last}`;
}
