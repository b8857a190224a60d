import type { WriteStream } from 'node:tty';
import { messageOf } from '../../protocol/error-text.js';
import { printable } from '../../text/printable.js';

/** A stream. A terminal has these properties, too. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows' | 'hasColors'>>;

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Console {
  readonly out: Output;
  readonly err: Output;
  readonly cwd: string;
  /** Gets what is being done, again and again during long work, if somebody wants to know. */
  readonly progress?: (text: string) => void;
}

export function writeLines(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  stream.write(`${lines.join('\n')}\n`);
}

/** The message of an error as one line. Control characters are escaped, because the text may come from a target. */
export function errorLine(error: unknown): string {
  return messageOf(error).split('\n').map(printable).join(' ');
}
