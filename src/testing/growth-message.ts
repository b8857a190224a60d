import { sourceLine } from '../model/source-lines.js';
import { Traceback } from '../model/traceback.js';
import { framePlace, placeOf } from '../report/text/place.js';
import type { Growth } from '../series/growth.js';
import { printable } from '../text/printable.js';
import { formatSize } from '../text/size-format.js';
import { cutEnd } from '../text/text-width.js';
import type { Found } from './find-growth.js';
import type { CheckedOptions } from './growth-options.js';

/** With these the message has at most 12 lines. */
const MOST_PLACES = 3;
const WIDTH = 120;
const INDENT = '      ';

type Facts = Pick<CheckedOptions, 'rounds' | 'iterations' | 'warmup' | 'name'>;

/** What grew, how much a call, since when, and through which stack. At most 12 lines. */
export function growthMessage({ growth, artifacts }: Omit<Found, 'series'>, facts: Facts): string {
  const { rounds, iterations, warmup, name } = facts;
  const shown = growth.slice(0, MOST_PLACES);
  const all = growth.reduce((sum, one) => sum + bytesACall(one, facts), 0);
  const rest = growth.length - shown.length;
  return [
    `${printable(name)} keeps ${formatSize(all)} of every call: each of ${rounds} rounds of ${iterations} calls left it behind`,
    '',
    ...shown.flatMap((one, i) => placeLines(one, facts, { withSource: i === 0 })),
    ...(rest > 0 ? [`  ${rest} more: see error.growth`] : []),
    `Since round ${warmup + 1} of ${warmup + rounds} nothing of it was freed. A cache that is not full yet looks the same: give it a longer warmup.`,
    ...(artifacts === null ? [] : [artifacts]),
  ].join('\n');
}

function placeLines(growth: Growth, facts: Facts, { withSource }: { readonly withSource: boolean }): string[] {
  const { traceback } = growth;
  const [frame, ...callers] = traceback.frames.toReversed();
  const cwd = process.cwd();
  const source = withSource ? sourceLine(frame!.filename, frame!.lineno) : '';
  const stack = callers.length === 0 ? '' : placeOf(new Traceback(traceback.frames.slice(0, -1)), { keyType: 'lineno', cwd, width: WIDTH });
  return [
    `  ${formatSize(bytesACall(growth, facts))} a call: ${framePlace(frame!, { cwd, width: WIDTH })}`,
    ...(source === '' ? [] : [INDENT + cutEnd(printable(source), WIDTH)]),
    ...(stack === '' ? [] : [`${INDENT}called by ${stack}`]),
  ];
}

/** The median of what the rounds left behind: a table that doubled in one of them does not count. */
function bytesACall({ ages }: Growth, { warmup, iterations }: Facts): number {
  const left = ages.slice(warmup).toSorted((a, b) => a - b);
  return left[Math.floor((left.length - 1) / 2)]! / iterations;
}
