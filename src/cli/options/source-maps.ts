import type { Command } from 'commander';
import { UsageError } from '../../errors.js';
import type { Traceback } from '../../model/traceback.js';
import { Series } from '../../series/series.js';
import { withOriginalLines } from '../../snapshot/original-lines.js';
import { Snapshot } from '../../snapshot/snapshot.js';
import { SourceMapper } from '../../source-maps/source-mapper.js';
import { printable } from '../../text/printable.js';
import { type Console, writeLines } from '../console/console.js';

export interface SourceMapValues {
  /** A folder to search first for maps; false: use no maps. */
  readonly sourceMaps?: string | false;
  readonly embedMaps?: boolean;
}

export function addSourceMapOptions(command: Command): Command {
  return command
    .option('--source-maps <dir>', 'look for source maps in this folder first; each is found by the name of its script')
    .option('--no-source-maps', 'print the lines of the code that ran, not of the sources it was compiled from');
}

/** For commands that save a snapshot. */
export function addEmbedOption(command: Command): Command {
  return command.option(
    '--embed-maps',
    'save the original lines with the snapshot, for a machine that has neither the source maps nor the sources',
  );
}

/**
 * Makes one mapper for everything that a command prints, so that a fault of a map is reported once.
 *
 * @returns null if the user wants the lines of the code that ran
 * @throws UsageError if the two options contradict each other
 */
export function sourceMapperOf({ sourceMaps, embedMaps }: SourceMapValues, { err }: Console): SourceMapper | null {
  if (sourceMaps === false && embedMaps) throw new UsageError('--embed-maps saves what source maps say; leave --no-source-maps out');
  if (sourceMaps === false) return null;
  const warn = (line: string) => writeLines(err, [printable(line)]);
  return new SourceMapper({ warn, ...(sourceMaps !== undefined && { folder: sourceMaps }) });
}

/** The snapshot with the lines that the user wants to see. */
export function shown(snapshot: Snapshot, mapper: SourceMapper | null): Snapshot {
  return mapper ? withOriginalLines(snapshot, mapper) : snapshot;
}

/** The traceback with the lines that the user wants to see. @param sourceMaps of a snapshot of the same program */
export function originalTraceback(traceback: Traceback, { sourceMaps }: Snapshot, mapper: SourceMapper | null): Traceback {
  if (!mapper) return traceback;
  const alone = Snapshot.fromTraces([{ size: 0, frames: traceback.frames }]);
  return withOriginalLines(new Snapshot({ ...alone, sourceMaps }), mapper).traces[0]!.traceback;
}

/** The snapshot to save. With --embed-maps it also holds the original places. */
export function withEmbedded(snapshot: Snapshot, { embedMaps }: SourceMapValues, mapper: SourceMapper | null): Snapshot {
  return embedMaps && mapper ? new Snapshot({ ...snapshot, original: mapper.placesOf(snapshot) }) : snapshot;
}

/** The series to save. With --embed-maps it also holds the original places. */
export function seriesWithEmbedded(series: Series, { embedMaps }: SourceMapValues, mapper: SourceMapper | null): Series {
  return embedMaps && mapper ? new Series({ ...series.lifetimes, original: mapper.placesOf(series.lifetimes) }) : series;
}
