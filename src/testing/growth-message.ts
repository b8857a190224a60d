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
type Shown = Facts & Pick<Found, 'isOwn'>;

/** What grew, how much a call, since when, and through which stack. At most 12 lines. */
export function growthMessage({ growth, isOwn, artifacts }: Omit<Found, 'series'>, facts: Facts): string {
  const { rounds, iterations, warmup, name } = facts;
  const shown = growth.slice(0, MOST_PLACES);
  const all = growth.reduce((sum, one) => sum + bytesACall(one, facts), 0);
  const rest = growth.length - shown.length;
  return [
    `${printable(name)} keeps ${formatSize(all)} of every call: each of ${rounds} rounds of ${iterations} calls left it behind`,
    '',
    ...shown.flatMap((one, i) => placeLines(one, { ...facts, isOwn }, { withSource: i === 0 })),
    ...(rest > 0 ? [`  ${rest} more: see error.growth`] : []),
    `Since round ${warmup + 1} of ${warmup + rounds} nothing of it was freed. A cache that is not full yet looks the same: give it a longer warmup.`,
    ...(artifacts === null ? [] : [artifacts]),
  ].join('\n');
}

/** The newest line of the program's own code comes first. Node or a package may have allocated below it: `setTimeout` does. */
function placeLines(growth: Growth, { isOwn, ...facts }: Shown, { withSource }: { readonly withSource: boolean }): string[] {
  const { frames } = growth.traceback;
  const newest = frames.at(-1)!;
  const frame = frames.findLast(isOwn) ?? newest;
  const callers = frames.slice(0, frames.lastIndexOf(frame));
  const cwd = process.cwd();
  const source = withSource ? sourceLine(frame.filename, frame.lineno) : '';
  const below = frame === newest ? '' : `, allocated in ${framePlace(newest, { cwd, width: WIDTH })}`;
  return [
    `  ${formatSize(bytesACall(growth, facts))} a call: ${framePlace(frame, { cwd, width: WIDTH })}${below}`,
    ...(source === '' ? [] : [INDENT + cutEnd(printable(source), WIDTH)]),
    ...(callers.length === 0 ? [] : [`${INDENT}called by ${placeOf(new Traceback(callers), { keyType: 'lineno', cwd, width: WIDTH })}`]),
  ];
}

/** The median of what the rounds left behind: a table that doubled in one of them does not count. */
function bytesACall({ ages }: Growth, { warmup, iterations }: Facts): number {
  const left = ages.slice(warmup).toSorted((a, b) => a - b);
  return left[Math.floor((left.length - 1) / 2)]! / iterations;
}
