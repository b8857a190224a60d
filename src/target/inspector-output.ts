import { Transform } from 'node:stream';

/** What Node writes to stderr about its inspector, each once in the life of a program that we launch. */
const NOTICES = [
  /^Debugger listening on ws:\/\/\S+\r?\n$/,
  /^For help, see: https:\/\/nodejs\.org\/\S+\r?\n$/,
  /^Debugger attached\.\r?\n$/,
  /^Waiting for the debugger to disconnect\.\.\.\r?\n$/,
];
const OPENINGS = [
  'Debugger listening on ws://',
  'For help, see: https://nodejs.org/',
  'Debugger attached.',
  'Waiting for the debugger to disconnect...',
];
const LONGEST_NOTICE = 200;

/**
 * Passes a program's stderr on without the inspector's notices, each of which is taken out once; `onUrl` gets the address that the first
 * one names. Bytes are kept as they are, and only what may become a notice is held back until its line ends.
 */
export function withoutInspectorNotices(onUrl: (url: string) => void): Transform {
  const expected = new Set(NOTICES);
  let held = '';
  const isNotice = (line: string): boolean => {
    const notice = [...expected].find((pattern) => pattern.test(line));
    if (notice === undefined) return false;
    expected.delete(notice);
    const url = /ws:\/\/\S+/.exec(line)?.[0];
    if (url !== undefined) onUrl(url);
    return true;
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (held + chunk.toString('latin1')).split(/(?<=\n)/);
      const tail = lines.at(-1)!.endsWith('\n') ? '' : lines.pop()!;
      held = expected.size > 0 && mayBecomeNotice(tail) ? tail : '';
      const passed = lines.filter((line) => !isNotice(line)).join('') + (held === '' ? tail : '');
      done(null, Buffer.from(passed, 'latin1'));
    },
    flush(done) {
      done(null, Buffer.from(held, 'latin1'));
    },
  });
}

function mayBecomeNotice(tail: string): boolean {
  if (tail === '' || tail.length > LONGEST_NOTICE) return false;
  return OPENINGS.some((opening) => (tail.length < opening.length ? opening.startsWith(tail) : tail.startsWith(opening)));
}
