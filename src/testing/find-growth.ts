import type { Growth } from '../series/growth.js';
import { Series } from '../series/series.js';
import { gather } from '../snapshot/apply-filters.js';
import { withOriginalLines } from '../snapshot/original-lines.js';
import { Snapshot } from '../snapshot/snapshot.js';
import { SourceMapper } from '../source-maps/source-mapper.js';
import { checkWork, type Work } from './call-work.js';
import { growthByPlace, type OwnTest, ownTest } from './growth-by-place.js';
import { type CheckedOptions, checkOptions, type GrowthTestOptions } from './growth-options.js';
import { type Measured, measure } from './measure.js';
import { disturbances } from './messages/disturbances.js';
import { writeArtifacts } from './messages/write-artifacts.js';
import { whileTracingSelf } from './own-tracing.js';
import { withoutCompilers } from './without-compilers.js';

/** What grew, and the rounds in which it did. */
export interface Found {
  readonly growth: readonly Growth[];
  readonly series: Series;
  readonly isOwn: OwnTest;
  /** What else may have allocated meanwhile, as a line; null if there is nothing. */
  readonly disturbing: string | null;
  /** The files that were written, or why they were not. */
  readonly artifacts: string | null;
}

/**
 * Calls `work` again and again in this process, and tells which lines keep something of every call: first the line of your own code that keeps
 * most.
 *
 * @throws what the work throws; UsageError for wrong options; ForeignSamplerError if this process is traced already
 */
export async function findGrowth(work: Work, options: GrowthTestOptions = {}): Promise<Growth[]> {
  checkWork(work);
  return [...((await searchGrowth(work, checkOptions(options, work)))?.growth ?? [])];
}

/** @returns null if nothing grew */
export async function searchGrowth(work: Work, options: CheckedOptions): Promise<Found | null> {
  const { nframe } = options;
  const resources = process.getActiveResourcesInfo();
  const measured = await whileTracingSelf({ mode: 'exact', nframe, inlining: false }, (target, calling) => {
    const restoreCompilers = withoutCompilers();
    calling.atEnd(async () => restoreCompilers());
    return measure(work, options, { target, calling });
  });
  if (!measured) return null;
  const traces = leakingTraces(measured, options);
  const isOwn = ownTest(traces.snapshot(-1));
  const growth = growthByPlace(traces, { ...options, isOwn });
  if (growth.length === 0) return null;
  const { series } = measured;
  const disturbing = disturbances({ resources, threads: series.snapshot(-1).threads });
  return { growth, series, isOwn, disturbing, artifacts: await writtenRounds(series, options) };
}

async function writtenRounds(series: Series, { artifacts, name, warmup }: CheckedOptions): Promise<string | null> {
  if (artifacts === null) return null;
  return writeArtifacts(artifacts, {
    name,
    what: 'The rounds are',
    extension: '.tmseries',
    dump: (path) => series.dump(path),
    report: async () => {
      const { buildSeriesReport } = await import('../report/html/build-report.js');
      const mapper = new SourceMapper();
      const shown = Series.of(series.rounds.map((_, round) => withOriginalLines(series.snapshot(round), mapper)));
      return buildSeriesReport(shown, { title: name, warmup, own: true, embedSources: false, cwd: process.cwd() });
    },
  });
}

/** The rounds with the traces of the sites that leak, at the lines of the original sources. */
function leakingTraces({ series, sites, leaking }: Measured, { filter }: CheckedOptions): Series {
  const mapper = new SourceMapper();
  const rounds = series.rounds.map((_, round) => {
    const snapshot = series.snapshot(round);
    const siteOf = sites.of(snapshot.table);
    const rows = Uint32Array.from(snapshot.columns.traceback.keys()).filter((row) =>
      leaking.has(siteOf[snapshot.columns.traceback[row]!]!),
    );
    const own = withOriginalLines(new Snapshot({ ...snapshot, columns: gather(snapshot.columns, rows) }), mapper);
    return filter.length === 0 ? own : own.filterTraces(filter);
  });
  return Series.of(rounds);
}
