import { existsSync } from 'node:fs';
import { SnapshotFileError, UsageError } from '../errors.js';
import { Series } from '../series/series.js';
import { isSeriesFile, loadSeries } from '../series/series-file.js';
import { inputFile } from '../snapshot/file/input-file.js';
import { loadSnapshot } from '../snapshot/file/load.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { listed } from '../text/listing.js';
import { SNIFFED_BYTES } from './format.js';
import { startsAsHeapSnapshot } from './heap-snapshot-start.js';
import { FORMATS, formatOfContent } from './registry.js';

/** `a.tmseries@2` is the second round. */
const ROUND = /^(.+)@(\d+)$/s;

/**
 * Opens a snapshot file, a series, or a file in another format that we can read. The content decides the format, not the name. A pipe works too. Of
 * a series it gives the last round, or round N for `FILE@N`, unless a file has that very name.
 *
 * @throws SnapshotFileError, BadProfileError; both name the file; UsageError if there is no such round
 */
export function openFile(path: string): Snapshot {
  const input = openInput(path);
  return input instanceof Series ? input.snapshot(-1) : input;
}

/** `openFile`, but gives a series as a whole unless a round is named. */
export function openInput(path: string): Snapshot | Series {
  const [, file, round] = ROUND.exec(path) ?? [];
  if (file === undefined || existsSync(path) || !existsSync(file)) return contentOf(path);
  const series = contentOf(file);
  if (!(series instanceof Series)) throw new UsageError(`${path} names a round, but ${file} is no series of rounds; leave @${round} out`);
  const { length } = series.rounds;
  const number = Number(round);
  if (number < 1 || number > length)
    throw new UsageError(`${file} has no round ${round}; it has ${length === 1 ? 'round 1 only' : `the rounds 1 to ${length}`}`);
  return series.snapshot(number - 1);
}

function contentOf(path: string): Snapshot | Series {
  const file = inputFile(path);
  const start = file.start(SNIFFED_BYTES);
  if (isSeriesFile(start)) return new Series(loadSeries(file));
  if (startsAsHeapSnapshot(start))
    throw new SnapshotFileError(
      `${path} is a heap snapshot; give it to stats, diff, report, export or why as a file, not through a pipe, or read it with HeapGraph.read`,
    );
  const format = formatOfContent(start);
  const kinds = ['.tmsnap', '.tmseries', ...FORMATS.filter(({ read }) => read).map(({ extensions: [usual] }) => usual)];
  const readable = listed(
    kinds.map((kind) => `a ${kind}`),
    'or',
  );
  if (!format) return new Snapshot(loadSnapshot(file, readable));
  if (format.read) return format.read(file);
  throw new SnapshotFileError(`${path} cannot be read: it is ${format.description}, which can be written only; give ${readable}`);
}
