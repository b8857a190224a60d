import { Transform } from 'node:stream';

interface Notice {
  readonly opening: string;
  readonly line: RegExp;
  /** Comes after it, once more. */
  readonly next?: Notice;
}

const HELP: Notice = { opening: 'For help, see: https://nodejs.org/', line: /For help, see: https:\/\/nodejs\.org\/\S+\r?\n$/ };

/** What Node writes to stderr about its inspector, each once in the life of a process. */
const NOTICES: readonly Notice[] = [
  { opening: 'Debugger listening on ws://', line: /Debugger listening on ws:\/\/\S+\r?\n$/ },
  HELP,
  { opening: 'Debugger attached.', line: /Debugger attached\.\r?\n$/ },
  { opening: 'Waiting for the debugger to disconnect...', line: /Waiting for the debugger to disconnect\.\.\.\r?\n$/ },
  // Where we left before its end.
  { opening: 'Debugger ending on ws://', line: /Debugger ending on ws:\/\/\S+\r?\n$/, next: HELP },
];
const LONGEST_NOTICE = 200;

/**
 * Passes a program's stderr on without the inspector's notices, each of which is taken out once, or whenever it comes where the processes that the
 * program starts write there, too; `onUrl` gets the address that the first
 * one names. Bytes are kept as they are, and only what may become a notice is held back until its line ends. A notice stands at the end
 * of a line, not always at its start: the program's own last line may lack its newline.
 */
export function withoutInspectorNotices(onUrl: (url: string) => void, { once = true }: { readonly once?: boolean } = {}): Transform {
  const expected = new Set(NOTICES);
  let held = '';
  const withoutNotice = (line: string): string => {
    const notice = [...expected].find((one) => one.line.test(line));
    if (notice === undefined) return line;
    if (once) expected.delete(notice);
    if (notice.next) expected.add(notice.next);
    const start = line.search(notice.line);
    const url = /listening on (ws:\/\/\S+)/.exec(line.slice(start))?.[1];
    if (url !== undefined) onUrl(url);
    return line.slice(0, start);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (held + chunk.toString('latin1')).split(/(?<=\n)/);
      const tail = lines.at(-1)!.endsWith('\n') ? '' : lines.pop()!;
      const whole = lines.map(withoutNotice).join('');
      const start = noticeStart(
        tail,
        [...expected].map(({ opening }) => opening),
      );
      held = tail.slice(start);
      done(null, Buffer.from(whole + tail.slice(0, start), 'latin1'));
    },
    flush(done) {
      done(null, Buffer.from(held, 'latin1'));
    },
  });
}

/** Where in an unfinished line a notice may have begun; its end where none can have. */
function noticeStart(tail: string, openings: readonly string[]): number {
  for (let start = Math.max(0, tail.length - LONGEST_NOTICE); start < tail.length; start++) {
    const rest = tail.slice(start);
    if (openings.some((opening) => (rest.length < opening.length ? opening.startsWith(rest) : rest.startsWith(opening)))) return start;
  }
  return tail.length;
}
