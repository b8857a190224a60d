import type { WriteStream } from 'node:tty';

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
