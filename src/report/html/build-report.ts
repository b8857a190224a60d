import type { Series } from '../../series/series.js';
import type { Snapshot } from '../../snapshot/snapshot.js';
import { ownFileMask, ownFolderOf } from '../../snapshot/statistics/own-files.js';
import { packageName } from '../../snapshot/statistics/package-name.js';
import { printable } from '../../text/printable.js';
import { FRAME } from '../call-tree/call-tree.js';
import type { ReportData, ReportFacts } from '../call-tree/report-data.js';
import type { SeriesData } from '../call-tree/series-data.js';
import { shortPath } from '../text/place.js';
import { type TracesAsCells, tracesAsCells } from './cells.js';
import { embeddedSources } from './embedded-sources.js';
import { reportFacts, seriesFacts } from './facts.js';
import { seriesAsCells } from './series-cells.js';
import type { PageFrames } from './series-growth.js';
import { seriesData, shownRounds } from './series-rounds.js';

export interface ReportOptions {
  readonly title: string;
  /** If given, the report shows the difference. */
  readonly old: Snapshot | null;
  /** Whether the table first shows all bytes on the program's own lines. */
  readonly own: boolean;
  /** Whether to copy the source lines that the report shows into it. */
  readonly embedSources: boolean;
  /** Paths below this folder are shown relative to it. */
  readonly cwd: string;
}

export interface SeriesReportOptions extends Omit<ReportOptions, 'old'> {
  /** How many first rounds do not count. */
  readonly warmup: number;
}

/** Collects everything that the page shows. It does not map frames: map the snapshots first. */
export function buildReport(now: Snapshot, options: ReportOptions): ReportData {
  return reportOf(tracesAsCells(now, options.old), { ...options, now, facts: reportFacts(now, options.old), seriesOf: null });
}

/** The page of a series: its rounds, and all that `buildReport` shows, of any round. */
export function buildSeriesReport(series: Series, options: SeriesReportOptions): ReportData {
  const { warmup } = options;
  const now = series.snapshot(-1);
  const rounds = shownRounds(series);
  const cells = seriesAsCells(series, rounds);
  const seriesOf = (page: PageFrames) => seriesData(series, { rounds, cells, page, warmup });
  return reportOf(cells, { ...options, now, facts: seriesFacts(series, warmup), seriesOf });
}

interface Page extends Omit<ReportOptions, 'old'> {
  readonly now: Snapshot;
  readonly facts: ReportFacts;
  readonly seriesOf: ((page: PageFrames) => SeriesData) | null;
}

function reportOf(
  { tree, cells, frames: rows, names }: TracesAsCells,
  { title, now, own, embedSources, cwd, facts, seriesOf }: Page,
): ReportData {
  const length = rows.values.length / rows.width;
  const column = (field: number) => Array.from({ length }, (_, frame) => rows.values[frame * rows.width + field]!);
  const [file, line] = [column(FRAME.file), column(FRAME.line)];
  const frames: PageFrames['frames'] = {
    file,
    line,
    column: column(FRAME.column),
    functionName: column(FRAME.functionName),
    isLine: column(FRAME.isLine),
    packageName: file.map((name) => names.intern(packageName(names.values[name]!))),
    isOwn: ownFrames(file, names.values, ownFolderOf(now)),
  };
  const series = seriesOf?.({ frames, intern: (name) => names.intern(name) }) ?? null;
  const places = file.map((name, frame) => ({ file: name, filename: names.values[name]!, line: line[frame]! }));
  return {
    title: printable(title),
    facts,
    names: names.values.map((name) => printable(shortPath(name, cwd))),
    own,
    frames,
    tree,
    cells,
    series,
    sources: embedSources ? embeddedSources(places, cwd) : null,
  };
}

function ownFrames(files: readonly number[], names: readonly string[], ownFolder: string): number[] {
  const isOwn = ownFileMask(names, ownFolder);
  return files.map((file) => isOwn[file]!);
}
