import type { Frame } from '../../model/frame.js';
import { sourceLine } from '../../model/source-lines.js';
import { Traceback } from '../../model/traceback.js';
import { framePlace, placeOf } from '../../report/text/place.js';
import { printable } from '../../text/printable.js';
import { cutEnd } from '../../text/text-width.js';

const WIDTH = 120;
const INDENT = '      ';

interface Shown {
  /** What comes before the place: `72 B a call`. */
  readonly size: string;
  readonly isOwn: (frame: Frame) => boolean;
  readonly withSource: boolean;
}

/**
 * A place in two or three lines. The newest line of the program's own code comes first. Node or a package may have allocated below it: `setTimeout`
 * does.
 */
export function placeLines({ frames }: Traceback, { size, isOwn, withSource }: Shown): string[] {
  const newest = frames.at(-1)!;
  const frame = frames.findLast(isOwn) ?? newest;
  const callers = frames.slice(0, frames.lastIndexOf(frame));
  const cwd = process.cwd();
  const source = withSource ? sourceLine(frame.filename, frame.lineno) : '';
  const below = frame === newest ? '' : `, allocated in ${framePlace(newest, { cwd, width: WIDTH })}`;
  return [
    `  ${size}: ${framePlace(frame, { cwd, width: WIDTH })}${below}`,
    ...(source === '' ? [] : [INDENT + cutEnd(printable(source), WIDTH)]),
    ...(callers.length === 0 ? [] : [`${INDENT}called by ${placeOf(new Traceback(callers), { keyType: 'lineno', cwd, width: WIDTH })}`]),
  ];
}
