import { isAbsolute } from 'node:path';
import { projectSourceLines } from '../../snapshot/project-source.js';
import { printable } from '../../text/printable.js';

const LINES_AROUND = 4;

export interface Place {
  readonly file: number;
  /** The file's name as in the snapshot. */
  readonly filename: string;
  /** 1-based, 0 for none. */
  readonly line: number;
}

/** The lines around each place, by file and line, for all scripts that can be read. A report is passed on, so it holds no other files. */
export function embeddedSources(places: Iterable<Place>, cwd: string): Record<number, Record<number, string>> {
  const sources: Record<number, Record<number, string>> = {};
  for (const { file, filename, line } of [...places].sort((a, b) => a.file - b.file)) {
    if (line === 0 || !isAbsolute(filename)) continue;
    const lines = projectSourceLines(filename, cwd);
    if (line > lines.length) continue;
    sources[file] ??= {};
    const last = Math.min(lines.length, line + LINES_AROUND);
    for (let at = Math.max(1, line - LINES_AROUND); at <= last; at++)
      sources[file][at] ??= printable(lines[at - 1]!.replaceAll('\t', '  '));
  }
  return sources;
}
