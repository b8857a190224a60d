import type { Snapshot } from '../../snapshot/snapshot.js';
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
  /** With it the report shows the difference. */
  readonly old: Snapshot | null;
  /** Copy the source lines that it shows into the report. */
  readonly embedSources: boolean;
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
}

/** Everything that the page shows. The frames of the snapshots are shown as they are: map them first. */
export function buildReport(now: Snapshot, { title, old, embedSources, cwd }: ReportOptions): ReportData {
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
  };
  const places = file.map((name, frame) => ({ file: name, filename: names.values[name]!, line: line[frame]! }));
  return {
    title: printable(title),
    facts: reportFacts(now, old),
    names: names.values.map((name) => printable(shortPath(name, cwd))),
    frames,
    tree,
    cells,
    sources: embedSources ? embeddedSources(places) : null,
  };
}
