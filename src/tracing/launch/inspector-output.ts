import { type Readable, Transform } from 'node:stream';

interface Notice {
  readonly opening: string;
  readonly line: RegExp;
  /** A notice that follows this one, and may have come before. */
  readonly next?: Notice;
}

export const ATTACHED = 'Debugger attached.';
export const WAITING = 'Waiting for the debugger to disconnect...';

export const HELP_OPENING = 'For help, see: https://nodejs.org/';

const HELP: Notice = { opening: HELP_OPENING, line: /For help, see: https:\/\/nodejs\.org\/\S+\r?\n$/ };

/** What Node writes to stderr about its inspector. Each notice comes once in the life of a process, apart from HELP. */
const NOTICES: readonly Notice[] = [
  { opening: 'Debugger listening on ws://', line: /Debugger listening on ws:\/\/\S+\r?\n$/ },
  HELP,
  { opening: ATTACHED, line: /Debugger attached\.\r?\n$/ },
  { opening: WAITING, line: /Waiting for the debugger to disconnect\.\.\.\r?\n$/ },
  // Comes if we leave the program before its end.
  { opening: 'Debugger ending on ws://', line: /Debugger ending on ws:\/\/\S+\r?\n$/, next: HELP },
];
const LONGEST_NOTICE = 200;

interface Expected {
  /** Called at each notice: false if notices can come more than once by now. */
  readonly isOnce?: () => boolean;
}

/**
 * Passes a program's stderr on without the inspector's notices. Each notice is removed once, or, if `isOnce` says no, whenever it comes, because the
 * processes that the program starts write there, too. `onUrl` gets the address in the first notice.
 *
 * Bytes are kept as they are, and only text that may become a notice waits until its line ends. A notice stands at the end of a line, but not always
 * at its start: the program's own last line may lack its newline.
 */
export function withoutInspectorNotices(onUrl: (url: string) => void, { isOnce = () => true }: Expected = {}): Transform {
  const taken = new Set<Notice>();
  const expected = () => NOTICES.filter((one) => !taken.has(one) || !isOnce());
  let waiting = '';
  const withoutNotice = (line: string): string => {
    const notice = expected().find((one) => one.line.test(line));
    if (notice === undefined) return line;
    taken.add(notice);
    if (notice.next) taken.delete(notice.next);
    const start = line.search(notice.line);
    const url = /listening on (ws:\/\/\S+)/.exec(line.slice(start))?.[1];
    if (url !== undefined) onUrl(url);
    return line.slice(0, start);
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (waiting + chunk.toString('latin1')).split(/(?<=\n)/);
      const tail = lines.at(-1)!.endsWith('\n') ? '' : lines.pop()!;
      const whole = lines.map(withoutNotice).join('');
      const start = noticeStart(
        tail,
        expected().map(({ opening }) => opening),
      );
      waiting = tail.slice(start);
      done(null, Buffer.from(whole + tail.slice(0, start), 'latin1'));
    },
    flush(done) {
      done(null, Buffer.from(waiting, 'latin1'));
    },
  });
}

/** Whether output so far, from its start, is nothing but notices. */
export function hasOnlyNotices(output: Buffer): boolean {
  const filter = withoutInspectorNotices(() => {});
  filter.write(output);
  return filter.read() === null;
}

/** If the reader goes away (`| head`), the program must not block: what it writes from then on is dropped. */
export function passOn(errors: Readable, destination: NodeJS.WritableStream): void {
  errors.pipe(destination, { end: false });
  const onUnpipe = (source: unknown) => {
    if (source !== errors) return;
    destination.off('unpipe', onUnpipe);
    errors.resume();
  };
  destination.on('unpipe', onUnpipe);
}

/** The index in an unfinished line at which a notice may begin; the length of the line if none can. */
function noticeStart(tail: string, openings: readonly string[]): number {
  for (let start = Math.max(0, tail.length - LONGEST_NOTICE); start < tail.length; start++) {
    const rest = tail.slice(start);
    if (openings.some((opening) => (rest.length < opening.length ? opening.startsWith(rest) : rest.startsWith(opening)))) return start;
  }
  return tail.length;
}
