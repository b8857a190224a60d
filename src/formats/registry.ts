import { UsageError } from '../errors.js';
import type { InputFile } from '../snapshot/file/input-file.js';
import type { Snapshot } from '../snapshot/snapshot.js';
import { collapsed } from './collapsed.js';
import { csv } from './csv.js';
import type { Format } from './format.js';
import { snapshotOfProfile } from './heapprofile-reader.js';
import { heapprofile } from './heapprofile-writer.js';
import { jsonLines } from './json-lines.js';
import { markdown } from './markdown.js';
import { pprof } from './pprof.js';
import { speedscope } from './speedscope.js';

/** A format that we may be able to read too. */
export interface ExchangeFormat extends Format {
  /** @throws BadProfileError that names the file */
  readonly read?: (file: InputFile) => Snapshot;
}

/** Every format of other tools. heapprofile comes last, because any JSON may be one. */
export const FORMATS: readonly ExchangeFormat[] = [
  pprof,
  speedscope,
  collapsed,
  jsonLines,
  markdown,
  csv,
  { ...heapprofile, read: snapshotOfProfile },
];

/** @throws UsageError that lists the names */
export function formatNamed(name: string): ExchangeFormat {
  const found = FORMATS.find((format) => format.name === name || format.extensions.some((extension) => extension.slice(1) === name));
  if (!found) throw new UsageError(`unknown format ${name}; choose ${FORMATS.map((format) => format.name).join(', ')}`);
  return found;
}

/** Chooses the format by the end of the file's name. @throws UsageError if no format fits */
export function formatOfFilename(path: string): ExchangeFormat {
  const name = path.toLowerCase();
  const found = FORMATS.find(({ extensions }) => extensions.some((extension) => name.endsWith(extension)));
  if (found) return found;
  const endings = FORMATS.map(({ extensions: [usual], name: format }) => `${usual} (${format})`).join(', ');
  throw new UsageError(`the name ${path} does not tell the format; give it (--format), or end the name with ${endings}`);
}

/** Chooses the format by the beginning of a file; undefined for our own snapshots and for unknown content. */
export function formatOfContent(start: Uint8Array): ExchangeFormat | undefined {
  return FORMATS.find((format) => format.sniff(start));
}
