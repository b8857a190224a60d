import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawnShell, TITLE } from '../cleanup/spawn-helper.js';
import { ATTACHED, HELP_OPENING, WAITING } from './inspector-output.js';

/**
 * Reads stdin until something comes that is not exactly an expected notice, and then becomes the process that passes stderr on. `$1` and `$2` are notices
 * that are dropped once, `$3` is the beginning of another, `$4` is all that has come so far, and the rest is the command of that process. All text is in
 * hexadecimal, because a shell's variables hold no zero bytes. `dd` reads what is there and does not wait for the end of a line.
 */
const WAIT = `trap '' INT TERM HUP
attached=$1 waiting=$2 help=$3 come=$4
shift 4
command -v dd >/dev/null && command -v od >/dev/null || exec "$@" "$come"
join() { IFS=; hex="$*"; unset IFS; }
while join $(dd bs=4096 count=1 2>/dev/null | od -An -v -tx1); [ "$hex" ]; do
  come=$come$hex
  case $hex in "$help"*) hex=\${hex#*0a} help=- ;; esac
  rest=\${hex#"$attached"}
  [ "$rest" = "$hex" ] || attached=-
  hex=$rest
  rest=\${hex#"$waiting"}
  [ "$rest" = "$hex" ] || waiting=-
  [ -z "$rest" ] || exec "$@" "$come"
done`;

interface StderrShell {
  /** Arguments of the process before the last, which is the output in hexadecimal. */
  readonly args: readonly string[];
  readonly stdio: StdioOptions;
  /** What came before: nothing but notices. */
  readonly earlier: Buffer;
}

/**
 * Starts a shell that waits for output, and becomes the Node process of `file` if some comes. Most programs write nothing to stderr, and a shell takes a
 * fortieth of Node's time and memory.
 */
export function spawnStderrShell(file: string, { args, stdio, earlier }: StderrShell): ChildProcess {
  // Node says it once, so if it was said, the next one is the program's.
  const attached = earlier.includes(ATTACHED) ? '-' : hex(`${ATTACHED}\n`);
  const help = earlier.includes(HELP_OPENING) ? '-' : hex(HELP_OPENING); // Node writes it after the address, with a write of its own
  return spawnShell(WAIT, { args: [attached, hex(`${WAITING}\n`), help, hex(earlier), process.execPath, TITLE, file, ...args], stdio });
}

const hex = (text: string | Buffer) => Buffer.from(text).toString('hex');
