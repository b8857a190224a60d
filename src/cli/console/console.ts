import type { WriteStream } from 'node:tty';
import { messageOf } from '../../protocol/error-text.js';
import { printable } from '../../text/printable.js';

/** A stream, with what it knows of itself where it is a terminal. */
export type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows' | 'hasColors'>>;

/** Where a command writes: results to `out`, everything else to `err`. */
export interface Console {
  readonly out: Output;
  readonly err: Output;
  readonly cwd: string;
}

export function writeLines(stream: NodeJS.WritableStream, lines: readonly string[]): void {
  stream.write(`${lines.join('\n')}\n`);
}

/** What an error says, as one line, fit for a terminal: text from a target may stand in it. */
export function errorLine(error: unknown): string {
  return messageOf(error).split('\n').map(printable).join(' ');
}
