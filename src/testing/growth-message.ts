import type { Growth } from '../series/growth.js';
import { printable } from '../text/printable.js';
import { formatSize } from '../text/size-format.js';
import type { Found } from './find-growth.js';
import type { CheckedOptions } from './growth-options.js';
import { placeLines } from './messages/place-lines.js';

/** With these the message has at most 12 lines. */
const MOST_PLACES = 3;

type Facts = Pick<CheckedOptions, 'rounds' | 'iterations' | 'warmup' | 'name'>;

/** What grew, how much a call, since when, and through which stack. At most 12 lines. */
export function growthMessage({ growth, isOwn, disturbing, artifacts }: Omit<Found, 'series'>, facts: Facts): string {
  const { rounds, iterations, warmup, name } = facts;
  const shown = growth.slice(0, disturbing === null ? MOST_PLACES : MOST_PLACES - 1);
  const all = growth.reduce((sum, one) => sum + bytesACall(one, facts), 0);
  const rest = growth.length - shown.length;
  return [
    `${printable(name)} keeps ${formatSize(all)} of every call: each of ${rounds} rounds of ${iterations} calls left it behind`,
    '',
    ...shown.flatMap((one, i) =>
      placeLines(one.traceback, { size: `${formatSize(bytesACall(one, facts))} a call`, isOwn, withSource: i === 0 }),
    ),
    ...(rest > 0 ? [`  ${rest} more: see error.growth`] : []),
    `Since round ${warmup + 1} of ${warmup + rounds} each round left some that is still alive. A cache that is not full yet looks the same: give it a longer warmup.`,
    ...(disturbing === null ? [] : [disturbing]),
    ...(artifacts === null ? [] : [artifacts]),
  ].join('\n');
}

/** The median of what the rounds left behind: a table that doubled in one of them does not count. */
function bytesACall({ ages }: Growth, { warmup, iterations }: Facts): number {
  const left = ages.slice(warmup).toSorted((a, b) => a - b);
  return left[Math.floor((left.length - 1) / 2)]! / iterations;
}
