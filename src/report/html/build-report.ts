import type { Snapshot } from '../../snapshot/snapshot.js';
import { ownFileMask, ownFolderOf } from '../../snapshot/statistics/own-files.js';
import { packageName } from '../../snapshot/statistics/package-name.js';
import { printable } from '../../text/printable.js';
import { FRAME } from '../call-tree/call-tree.js';
import type { FrameColumns, ReportData } from '../call-tree/report-data.js';
import { shortPath } from '../text/place.js';
import { tracesAsCells } from './cells.js';
import { embeddedSources } from './embedded-sources.js';
import { reportFacts } from './facts.js';

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

/** Collects everything that the page shows. It does not map frames: map the snapshots first. */
export function buildReport(now: Snapshot, { title, old, own, embedSources, cwd }: ReportOptions): ReportData {
  const { tree, cells, frames: rows, names } = tracesAsCells(now, old);
  const length = rows.values.length / rows.width;
  const column = (field: number) => Array.from({ length }, (_, frame) => rows.values[frame * rows.width + field]!);
  const [file, line] = [column(FRAME.file), column(FRAME.line)];
  const frames: FrameColumns = {
    file,
    line,
    column: column(FRAME.column),
    functionName: column(FRAME.functionName),
    isLine: column(FRAME.isLine),
    packageName: file.map((name) => names.intern(packageName(names.values[name]!))),
    isOwn: ownFrames(file, names.values, ownFolderOf(now)),
  };
  const places = file.map((name, frame) => ({ file: name, filename: names.values[name]!, line: line[frame]! }));
  return {
    title: printable(title),
    facts: reportFacts(now, old),
    names: names.values.map((name) => printable(shortPath(name, cwd))),
    own,
    frames,
    tree,
    cells,
    sources: embedSources ? embeddedSources(places, cwd) : null,
  };
}

function ownFrames(files: readonly number[], names: readonly string[], ownFolder: string): number[] {
  const isOwn = ownFileMask(names, ownFolder);
  return files.map((file) => isOwn[file]!);
}
