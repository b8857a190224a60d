import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { TracemallocError } from '../errors.js';
import { Series } from '../series/series.js';
import { writeFile } from '../snapshot/file/atomic-write.js';
import { withOriginalLines } from '../snapshot/original-lines.js';
import { SourceMapper } from '../source-maps/source-mapper.js';
import { printable } from '../text/printable.js';
import type { CheckedOptions } from './growth-options.js';

type Facts = Pick<CheckedOptions, 'name' | 'warmup'>;

/**
 * Writes the rounds as `NAME.tmseries`, and their report as `NAME.html`. What grew is more important than a full disk, so nothing is thrown.
 *
 * @returns a line for the user
 */
export async function writeArtifacts(series: Series, folder: string, facts: Facts): Promise<string> {
  const path = join(folder, facts.name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-'));
  try {
    mkdirSync(folder, { recursive: true });
    series.dump(`${path}.tmseries`);
    await writeReport(series, `${path}.html`, facts);
    return `The rounds are in ${printable(path)}.tmseries, their report in ${printable(path)}.html.`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof TracemallocError) return reason;
    return `The rounds could not be written to ${printable(folder)}: ${printable(reason)}`;
  }
}

/** Loads the report only now: most assertions hold. */
async function writeReport(series: Series, path: string, { name: title, warmup }: Facts): Promise<void> {
  const [{ buildSeriesReport }, { htmlDocument }] = await Promise.all([
    import('../report/html/build-report.js'),
    import('../report/html/document.js'),
  ]);
  const mapper = new SourceMapper();
  const shown = Series.of(series.rounds.map((_, round) => withOriginalLines(series.snapshot(round), mapper)));
  const report = buildSeriesReport(shown, { title, warmup, own: true, embedSources: false, cwd: process.cwd() });
  writeFile(path, htmlDocument(report), { what: 'write the report to' });
}
